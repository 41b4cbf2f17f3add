"""Covers the corpus' clips and their variants with ours and with deface, and judges both.

faces.py CORPUS BOXES COVER WORK: prints one JSON object a line. Judges: boxes that were drawn by hand, a detector that is
neither ours nor deface's (YuNet), and, by the pictures that are left in WORK, a face recogniser (faces.mjs).
faces.py --deface FRAMES EVERY: covers raw frames with deface's own functions and defaults, in a process of its own.
"""

import collections
import json
import os
import resource
import subprocess
import sys

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENCV_FOR_THREADS_NUM"] = "1"
import cv2
import numpy as np

cv2.setNumThreads(1)
ENOUGH = 0.95  # of the ellipse in a face's box
VARIANTS = ["as filmed", "portrait", "turned 90", "turned 180", "turned 270", "leaning 30", "dark", "small", "blurred", "shaken", "hidden"]
WHO = {  # the same people in several clips
    "A": ["asl-again.mkv", "asl-brother.mkv", "asl-help.mkv"],
    "B": ["asl-bird.mkv", "asl-milk.mkv", "asl-thanks.mkv"],
    "C": ["asl-book.mkv", "asl-learn.mkv", "asl-school.mkv", "asl-walk.mkv"],
    "D": ["asl-eat.mkv", "asl-sister.mkv"],
}


def read(path):
    capture, frames = cv2.VideoCapture(path), []
    while True:
        more, frame = capture.read()
        if not more:
            return frames
        frames.append(np.ascontiguousarray(frame[: frame.shape[0] // 2 * 2, : frame.shape[1] // 2 * 2]))


def drawn(path):
    people = collections.defaultdict(lambda: collections.defaultdict(list))
    for line in open(path):
        if line.startswith("#"):
            continue
        clip, person, frame, *box = line.rstrip("\n").split("\t")
        people[clip][person].append((int(frame), np.array(box, float)))
    return people


def between(boxes, frame):
    for (a, start), (b, end) in zip(boxes, boxes[1:]):
        if a <= frame <= b:
            return start + (end - start) * (frame - a) / max(1, b - a)
    return boxes[-1][1]


def moved(frames, faces, matrix, size):
    """Frames under an affine map, and the boxes around the faces' ellipses under it."""
    matrix = np.array(matrix, float)

    def box(b):
        middle = matrix @ [(b[0] + b[2]) / 2, (b[1] + b[3]) / 2, 1]
        half = np.hypot(matrix[:, 0] * (b[2] - b[0]) / 2, matrix[:, 1] * (b[3] - b[1]) / 2)
        return np.concatenate([middle - half, middle + half])

    return [cv2.warpAffine(f, matrix, size) for f in frames], [[box(b) for b in found] for found in faces]


def variant(name, frames, faces):
    h, w = frames[0].shape[:2]
    if name == "portrait":  # the middle of it, upright, as phones film
        width = int(h * 9 / 16) // 2 * 2
        middle = np.mean([(b[0] + b[2]) / 2 for found in faces for b in found[:1]])
        left = int(np.clip(middle - width / 2, 0, w - width))
        shift = lambda b: b - [left, 0, left, 0]
        inside = lambda b: b[2] - left > 10 and b[0] - left < width - 10
        return [f[:, left : left + width].copy() for f in frames], [[shift(b) for b in found if inside(b)] for found in faces]
    if name.startswith("turned"):
        turn, size = {"90": ([[0, -1, h], [1, 0, 0]], (h, w)), "180": ([[-1, 0, w], [0, -1, h]], (w, h)), "270": ([[0, 1, 0], [-1, 0, w]], (h, w))}[name[7:]]
        return moved(frames, faces, turn, size)
    if name == "leaning 30":
        return moved(frames, faces, cv2.getRotationMatrix2D((w / 2, h / 2), 30, 1), (w, h))
    if name == "dark":  # a sixth of the light, with grain
        grain = lambda i: np.random.default_rng(i).normal(0, 2, frames[0].shape)
        return [np.clip(f * 0.16 + grain(i), 0, 255).astype(np.uint8) for i, f in enumerate(frames)], faces
    if name == "small":
        k = 0.33 if w > 500 else 0.6
        soft = [cv2.GaussianBlur(f, (0, 0), 0.4 / k) for f in frames]
        return moved(soft, faces, [[k, 0, w * 0.1], [0, k, h * 0.2]], (w, h))
    if name == "blurred":
        return [cv2.GaussianBlur(f, (0, 0), w / 180) for f in frames], faces
    if name == "shaken":
        out = [moved([f], [found], [[1, 0, w / 16 * np.sin(i / 4)], [0, 1, w / 26 * np.sin(i * 0.4 + 1)]], (w, h)) for i, (f, found) in enumerate(zip(frames, faces))]
        return [o[0][0] for o in out], [o[1][0] for o in out]
    if name == "hidden":  # a bar over the lower half of each face, 20 frames of 40
        out = [f.copy() for f in frames]
        for i, found in enumerate(faces):
            for b in found if i % 40 >= 20 else []:
                cv2.rectangle(out[i], (int(b[0]) - 8, int((b[1] + b[3]) / 2)), (int(b[2]) + 8, int(b[3]) + 8), (60, 90, 140), -1)
        return out, faces
    return frames, faces


def ellipse(shape, box, scale=1.0):
    mask = np.zeros(shape, np.uint8)
    middle = (int((box[0] + box[2]) / 2), int((box[1] + box[3]) / 2))
    half = (max(1, int((box[2] - box[0]) / 2 * scale)), max(1, int((box[3] - box[1]) / 2 * scale)))
    return cv2.ellipse(mask, middle, half, 0, 0, 360, 1, -1).astype(bool)


def covered(mask, box):
    part = ellipse(mask.shape, box)
    return 1.0 if not part.any() else (part & mask).sum() / part.sum()


def run(command, data):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, input=data, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stderr.decode())
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, json.loads(done.stderr.decode().splitlines()[-1]), seconds


def ours(cover, frames):
    h, w = frames[0].shape[:2]
    data = b"".join(cv2.cvtColor(f, cv2.COLOR_BGR2YUV_I420).tobytes() for f in frames)
    out, said, seconds = run([cover, str(w), str(h)], data)
    return np.frombuffer(out, np.uint8).reshape(-1, h, w) != 0, said["findings"], seconds


def peer(frames, every):
    h, w = frames[0].shape[:2]
    some = frames[::every]
    out, said, _ = run([sys.executable, __file__, "--deface", str(w), str(h)], b"".join(f.tobytes() for f in some))
    return np.frombuffer(out, np.uint8).reshape(-1, h, w) != 0, said["seconds"]


def deface_main(w, h):
    """deface's loop over frames with its defaults (threshold 0.2, blur, masks of 1.3 times the box, full size)."""
    import contextlib
    import io
    import time

    import onnxruntime
    from deface.centerface import CenterFace
    from deface.deface import anonymize_frame

    plain = onnxruntime.InferenceSession

    def one_thread(model, providers=None):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return plain(model, options, providers=["CPUExecutionProvider"])

    onnxruntime.InferenceSession = one_thread
    frames = np.frombuffer(sys.stdin.buffer.read(), np.uint8).reshape(-1, h, w, 3)[..., ::-1]
    with contextlib.redirect_stdout(io.StringIO()):
        detector = CenterFace()
    seconds = 0.0
    for frame in frames:
        frame = np.ascontiguousarray(frame)
        marked = np.zeros_like(frame)
        began = time.process_time()
        found, _ = detector(frame, threshold=0.2)
        anonymize_frame(found, frame, mask_scale=1.3, replacewith="blur", ellipse=True, draw_scores=False, replaceimg=None, mosaicsize=20)
        seconds += time.process_time() - began
        # Where it blurs: the same ellipses, painted.
        import deface.deface as program
        import skimage.draw

        for box in found:
            x1, y1, x2, y2 = program.scale_bb(*box[:4].astype(int), 1.3)
            y1, y2 = max(0, y1), min(h - 1, y2)
            x1, x2 = max(0, x1), min(w - 1, x2)
            if y2 > y1 and x2 > x1:
                ey, ex = skimage.draw.ellipse((y2 - y1) // 2, (x2 - x1) // 2, (y2 - y1) // 2, (x2 - x1) // 2)
                marked[y1:y2, x1:x2, 0][ey, ex] = 1
        sys.stdout.buffer.write(marked[..., 0].tobytes())
    print(json.dumps({"seconds": seconds}), file=sys.stderr)


class Tally:
    def __init__(self):
        self.faces = self.missed = self.frames = 0
        self.share = self.wrong = self.seconds = 0.0
        self.misses = []

    def add(self, clip, mask, faces, number):
        h, w = mask.shape
        heads = np.zeros_like(mask)
        for j, box in enumerate(faces):
            self.faces += 1
            heads |= ellipse(mask.shape, box + [0, -0.1 * (box[3] - box[1])] * 2, 2.0)
            part = covered(mask, box)
            if part < ENOUGH:
                self.missed += 1
                self.misses.append([clip, number, j, round(float(part), 2)])
        self.frames += 1
        self.share += mask.mean()
        self.wrong += (mask & ~heads).mean()

    def row(self, by, name, **more):
        frames = max(1, self.frames)
        row = {"by": by, "variant": name, "frames": self.frames, "faces": self.faces, "uncovered": self.missed, "share": self.share / frames, "wrong": self.wrong / frames, "frames_per_cpu_s": frames / max(self.seconds, 1e-9), "misses": self.misses[:12]}
        print(json.dumps(row | more), flush=True)


def foreign(frames, masks, every):
    """Finds of YuNet, and those that ours leaves bare."""
    import yuface

    finds, bare = 0, []
    for number in range(0, len(frames), every):
        scores, boxes, _ = yuface.detect(frames[number], conf=0.8)
        for score, (x, y, w, h) in zip(scores, boxes.astype(float)):
            finds += 1
            part = covered(masks[number], np.array([x, y, x + w, y + h]))
            if part < ENOUGH:
                bare.append([number, int(x), int(y), int(w), int(h), int(score), round(float(part), 2)])
    return finds, bare


def keep_heads(work, clip, frames, masks, faces):
    """Squares around a face, bare and covered, for the recogniser."""
    for number in range(2, len(frames), 7):
        for kind in ["bare", "covered"]:
            frame = frames[number].copy()
            if kind == "covered":
                frame[masks[number]] = (60, 57, 55)
            b = faces[number][0]
            side, x, y = (b[3] - b[1]) * 1.25 / 2, (b[0] + b[2]) / 2, (b[1] + b[3]) / 2
            square = cv2.getRectSubPix(frame, (int(side * 2), int(side * 2)), (x, y))
            cv2.imwrite(f"{work}/{kind}-{clip}-{number}.ppm", cv2.resize(square, (150, 150)))


def main(corpus, boxes, cover, work):
    os.makedirs(work, exist_ok=True)
    people = drawn(boxes)
    for name in VARIANTS:
        mine, theirs, whole, finds, bare = Tally(), Tally(), 0, 0, []
        every = 4 if name == "as filmed" else 12
        for clip in sorted(people):
            frames = read(f"{corpus}/faces/{clip}")
            faces = [[between(b, i) for b in people[clip].values()] for i in range(len(frames))]
            frames, faces = variant(name, frames, faces)
            masks, findings, seconds = ours(cover, frames)
            mine.seconds += seconds
            whole += findings["whole_frames"]
            for i, found in enumerate(faces):
                mine.add(clip, masks[i], found, i)
            marks, seconds = peer(frames, every)
            theirs.seconds += seconds
            for i, mark in zip(range(0, len(frames), every), marks):
                theirs.add(clip, mark, faces[i], i)
            n, missed = foreign(frames, masks, 3)
            finds += n
            bare += [[clip] + m for m in missed]
            if name == "as filmed" and any(clip in clips for clips in WHO.values()):
                keep_heads(work, clip, frames, masks, faces)
        mine.row("ours", name, whole=whole, foreign=finds, foreign_bare=len(bare), bare=bare[:40])
        theirs.row("deface", name)
    json.dump(WHO, open(f"{work}/who.json", "w"))


if __name__ == "__main__":
    deface_main(int(sys.argv[2]), int(sys.argv[3])) if sys.argv[1] == "--deface" else main(*sys.argv[1:5])
