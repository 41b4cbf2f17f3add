"""Our log through two foreign implementations: PyPI aics-tlog and tlog-scales (Python 3.12 or later).

    python tally.py VECTORS...    a folder of vectors/tally: log/ and proofs.jsonl

Checked: policy keys, checkpoint signature, cosignatures, every tile and entry bundle, inclusion and consistency proofs, both
ours and those they make from our tiles. Nothing of Hamseda's own code is used.
"""

import json
import sys
from base64 import b64decode
from pathlib import Path

import aics_tlog
from tlog_scales import backend, reader as scales_reader, signing, tiles as scales_tiles


def keys(log: Path) -> tuple[str, list[str]]:
    words = [line.split(" ") for line in (log / "policy").read_text().splitlines()]
    return next(w[1] for w in words if w[0] == "log"), [w[2] for w in words if w[0] == "witness"]


def aics(folder: Path, lines: list[dict]) -> str:
    log = folder / "log"
    log_key, witnesses = keys(log)
    note = aics_tlog.parse_note((log / "checkpoint").read_bytes().decode())
    quorum = 2 if witnesses else 0
    verdict = aics_tlog.verify_checkpoint(
        note, aics_tlog.parse_vkey(log_key), [aics_tlog.parse_vkey(key) for key in witnesses], quorum=quorum)
    assert verdict.ok, verdict
    head = aics_tlog.parse_checkpoint(note.text)
    files = aics_tlog.FileSystemTileReader(log)
    audit = aics_tlog.audit_tiles(files, head.size, head.root)
    for line in lines:
        if "proof" in line:
            path = [b64decode(text) for text in line["proof"].split("\n\n")[0].split("\n")[2:]]
            index = line["index"]
            assert path == aics_tlog.inclusion_proof_from_tiles(files, index, head.size)
            entry = aics_tlog.read_entry(files, index, head.size)
            assert aics_tlog.verify_leaf_inclusion(entry, index, head.size, path, head.root)
            assert not aics_tlog.verify_leaf_inclusion(entry[:-1] + b"\0", index, head.size, path, head.root)
        else:
            path = [bytes.fromhex(text) for text in line["path"]]
            assert path == aics_tlog.consistency_proof_from_tiles(files, line["old"], head.size)
            old_root = bytes.fromhex(line["old_root"])
            assert aics_tlog.verify_consistency(line["old"], head.size, old_root, head.root, path)
    return f"{audit.tiles} tiles, {audit.bundles} bundles, {len(lines)} proofs, {quorum} cosignatures by aics-tlog"


def scales(folder: Path, lines: list[dict]) -> str:
    log = folder / "log"
    log_key, witnesses = keys(log)
    tiles = scales_reader.TilesReader(backend.LocalBackend(log))
    head = tiles.get_checkpoint()
    head.verify(signing.Vkey.from_string(log_key))
    known = signing.VkeySet(*[signing.Vkey.from_string(key) for key in witnesses])
    cosigned = known.verify(head.signatures, head)
    assert len(cosigned) == (2 if witnesses else 0)
    assert tiles.calculate_root_hash() == head.root_hash
    for index in range(head.size):
        leaf = scales_tiles.leaf_hash(tiles.get_entry(index))
        tiles.get_inclusion_proof(index, head.size).check(leaf, head.root_hash)
    for line in lines:
        if "old" in line:
            proof = tiles.get_consistency_proof(line["old"], head.size)
            assert [hash.hex() for hash in proof.node_hashes] == line["path"]
            proof.check(bytes.fromhex(line["old_root"]), head.root_hash)
    return f"{head.size} entries and {len(cosigned)} cosignatures by tlog-scales"


for name in sys.argv[1:]:
    folder = Path(name)
    lines = [json.loads(line) for line in (folder / "proofs.jsonl").read_text().splitlines()]
    assert lines
    print(f"{folder}: {aics(folder, lines)}; {scales(folder, lines)}")
