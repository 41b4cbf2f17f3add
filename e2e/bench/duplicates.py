"""vPDQ and videohash on the files that `cargo xtask bench duplicates` made: prints one JSON row for each and each copy.

Both are used as they are meant to be: vPDQ with ThreatExchange's defaults (a frame each second, quality 50 or more,
31 bits of 256, 80 % of the asked clip's frames), videohash with `is_similar` (15 % of 64 bits).
"""

import json
import os
import sys

try:
    import vpdq
except ImportError:
    vpdq = None
from videohash import VideoHash


class Vpdq:
    name = "vPDQ 0.2.5"

    def of(self, path):
        features = vpdq.computeHash(path, seconds_per_hash=1)
        return [int(f.hex, 16) for f in features if f.quality >= 50]

    def same(self, asked, known):
        if not asked:
            return False
        near = lambda a: any(bin(a ^ b).count("1") <= 31 for b in known)
        return sum(map(near, asked)) >= 0.8 * len(asked)


class Videohash:
    name = "videohash 3.0.1"

    def of(self, path):
        made = VideoHash(path=path)
        value = int(made.hash_hex, 16)
        made.delete_storage_path()
        return value

    def same(self, asked, known):
        return bin(asked ^ known).count("1") <= 10


def kept(peer, path):
    """A file's hash; kept beside it, since videohash takes seconds. None when the peer can't read the file."""
    beside = f"{path}.{peer.name.split()[0]}"
    if os.path.exists(beside) and os.path.getmtime(beside) > os.path.getmtime(path):
        with open(beside) as file:
            return json.load(file)
    try:
        made = peer.of(path)
    except Exception as error:
        print(f"{peer.name} {path}: {error}", file=sys.stderr)
        return None
    with open(beside, "w") as file:
        json.dump(made, file)
    return made


def main():
    rows = [line.rstrip("\n").split("\t") for line in open(sys.argv[1])]
    peers = ([Vpdq()] if vpdq else []) + [Videohash()]
    hashes = {peer.name: {} for peer in peers}
    for done, (clip, _, copy, path) in enumerate(rows):
        for peer in peers:
            hashes[peer.name][clip, copy] = kept(peer, path)
        print(f"done {done + 1}", flush=True)
    groups = {clip: group for clip, group, _, _ in rows}
    for peer in peers:
        report(peer, hashes[peer.name], groups, [copy for copy in dict.fromkeys(row[2] for row in rows)])


def report(peer, hashes, groups, copies):
    near = far = queries = 0
    for copy in copies:
        found = 0
        for clip in groups:
            asked = hashes.get((clip, copy))
            if asked is None:
                continue
            queries += 1
            for other in groups:
                known = hashes.get((other, "original"))
                if known is None or not peer.same(asked, known):
                    continue
                if other == clip:
                    found += 1
                elif groups[other] == groups[clip]:
                    near += 1
                else:
                    far += 1
        recall = found / len(groups)
        line = f"{peer.name:<16} {copy:<30} {len(groups):>4} found {recall:.3f}"
        print(json.dumps({"what": "recall", "by": peer.name, "copy": copy, "of": len(groups), "found": recall, "line": line}))
    line = f"{peer.name}: false pairs of {queries} queries: same room {near}, others {far}"
    print(json.dumps({"what": "false pairs", "by": peer.name, "clips": len(groups), "queries": queries,
                      "near": near, "far": far, "line": line}), flush=True)


main()
