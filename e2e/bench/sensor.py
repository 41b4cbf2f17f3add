"""Attacks clips with a planted sensor pattern: how well can a camera still be told from what is published?

Usage: sensor.py TREAT FOLDER SECONDS...   (TREAT: the program that treats raw 1280x720 frames; FOLDER: room for clips)

A pattern K (white, 1.2 % strong: a phone's) is planted into every frame of a scene filmed by hand, with noise of its own, and
encoded as a phone would. The attacker has K itself, not an estimate, takes the noise residual of the published frames (adaptive
Wiener filter), averages it by maximum likelihood, whitens it, and correlates with K at every shift, 25 scales and 15 rotations.
PCE is the peak's energy over the mean energy elsewhere; 60 is the usual threshold for "the same camera".

Prints one JSON object a line: clip, seconds, pce, correlation, at (scale, degrees), kbps, cpu_ms (a frame, treatment and encoder).
"""

import json
import os
import resource
import subprocess
import sys

import numpy as np
from scipy import fft, ndimage

W, H = 1280, 720
SENSOR_W, SENSOR_H = 1920, 1080
STRENGTH = 0.012
FRAMES_ATTACKED = 360
SCALES = np.arange(0.99, 1.0501, 0.0025)
DEGREES = np.arange(-0.7, 0.7001, 0.1)
FFMPEG = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-threads", "1"]
RAW = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{W}x{H}", "-r", "30"]


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def scene(rng):
    """A still of many scales, as walls, shelves and leaves have them, wider than the sensor."""
    shape = (SENSOR_H + 64, SENSOR_W + 64)
    fy, fx = np.meshgrid(fft.fftfreq(shape[0]), fft.rfftfreq(shape[1]), indexing="ij")
    spectrum = fft.rfft2(rng.standard_normal(shape)) / (np.hypot(fy, fx) + 1 / 900) ** 1.15
    still = fft.irfft2(spectrum, shape).astype(np.float32)
    return np.clip(118 + 34 * still / still.std(), 12, 243)


def film(path, seconds, pattern, rng):
    """What a phone records: the hand trembles, somebody moves in the middle, each frame has noise of its own."""
    still, person = scene(rng), scene(rng)[:700, :520]
    noise = rng.standard_normal((SENSOR_H + 128, SENSOR_W + 128), dtype=np.float32)
    command = FFMPEG + ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{SENSOR_W}x{SENSOR_H}", "-r", "30", "-i", "-"]
    command += ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "17", path]
    recorder = subprocess.Popen(command, stdin=subprocess.PIPE)
    for n in range(seconds * 30):
        dx, dy = (int(32 + 20 * np.sin(n / a) + 9 * np.sin(n / b)) for a, b in ((37, 7.3), (43, 6.1)))
        light = still[dy : dy + SENSOR_H, dx : dx + SENSOR_W].copy()
        px, py = 700 + int(30 * np.sin(n / 29)), 330 + int(12 * np.sin(n / 11))
        light[py : py + 700, px : px + 520] = person
        nx, ny = rng.integers(0, 128, 2)
        light *= 1 + pattern
        light += noise[ny : ny + SENSOR_H, nx : nx + SENSOR_W] * (0.5 + np.sqrt(light) * 0.16)
        recorder.stdin.write(np.clip(light + 0.5, 0, 255).astype(np.uint8).tobytes())
    recorder.stdin.close()
    assert recorder.wait() == 0


def publish(clip, out, crf, treat=None, size=None):
    """Scales to 720p (or less) as a master is made, treats, encodes; returns processor milliseconds a frame of each."""
    width, height = size or (W, H)
    decode = FFMPEG + ["-i", clip, "-vf", f"scale={width}:{height}:flags=bicubic", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"]
    raw = out + ".raw"
    with open(raw, "wb") as file:
        subprocess.run(decode, stdout=file, check=True)
    frames = os.path.getsize(raw) / (width * height * 1.5)
    cost = 0.0
    if treat:
        with open(raw, "rb") as source, open(raw + "2", "wb") as file:
            done = subprocess.run([treat], stdin=source, stdout=file, stderr=subprocess.PIPE, check=True, text=True)
        cost = float(done.stderr.strip().split(", ")[1].split()[0])
        os.replace(raw + "2", raw)
    before = cpu()
    encode = FFMPEG + RAW[:5] + [f"{width}x{height}"] + RAW[6:] + ["-i", raw, "-c:v", "libx264", "-preset", "veryfast"]
    encode += ["-x264-params", "keyint=64:min-keyint=64:scenecut=0:bframes=0:ref=1:threads=1", "-crf", str(crf), out]
    subprocess.run(encode, check=True)
    os.remove(raw)
    return cost, (cpu() - before) * 1000 / frames


def frames_of(clip, every):
    command = FFMPEG + ["-i", clip, "-vf", f"select=not(mod(n\\,{every})),scale={W}:{H}:flags=bicubic", "-vsync", "0"]
    reader = subprocess.Popen(command + ["-f", "rawvideo", "-pix_fmt", "gray", "-"], stdout=subprocess.PIPE)
    while len(data := reader.stdout.read(W * H)) == W * H:
        yield np.frombuffer(data, np.uint8).reshape(H, W).astype(np.float32)
    reader.wait()


def residual(frame):
    """What an adaptive Wiener filter takes for noise: all where the picture is flat, little where it is rough."""
    mean = ndimage.uniform_filter(frame, 5)
    variance = np.maximum(ndimage.uniform_filter(frame * frame, 5) - mean * mean, 0)
    noise = 9.0
    return (frame - mean) * (noise / np.maximum(variance, noise))


def whitened(picture):
    """Rows and columns lose their means, the spectrum its hills: what codecs and scalers leave is no camera."""
    picture = picture - picture.mean(0) - picture.mean(1)[:, None] + picture.mean()
    spectrum = fft.rfft2(picture.astype(np.float32), workers=2)
    size = np.abs(spectrum)
    return spectrum / (ndimage.uniform_filter(size, 15) + size.mean() * 0.05)


def estimate(clip, frames):
    above, below = np.zeros((H, W)), np.zeros((H, W))
    for frame in frames_of(clip, max(1, frames // FRAMES_ATTACKED)):
        above += residual(frame) * frame
        below += frame * frame
    return whitened(above / below)


def suspects(pattern):
    """K as a 720p picture would show it, at every scale and rotation that is tried."""
    small = ndimage.zoom(pattern, H / SENSOR_H, order=3)[:H, :W]
    for scale in SCALES:
        for degrees in DEGREES:
            turn, middle = np.deg2rad(degrees), np.array([H / 2, W / 2])
            matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) / scale
            moved = ndimage.affine_transform(small, matrix, middle - matrix @ middle, order=1, mode="reflect")
            spectrum = fft.rfft2(moved, workers=2)
            yield float(scale), float(degrees), spectrum / np.abs(spectrum).mean()


def peak(found, suspect):
    """PCE with its sign, and the normalised correlation at the peak."""
    surface = fft.irfft2(found * np.conj(suspect), (H, W), workers=2)
    y, x = np.unravel_index(np.argmax(surface), surface.shape)
    height = surface[y, x]
    energy = np.roll(surface, (H // 2 - y, W // 2 - x), (0, 1)) ** 2
    energy[H // 2 - 5 : H // 2 + 6, W // 2 - 5 : W // 2 + 6] = 0
    norm = np.sqrt(np.sum(np.abs(found) ** 2) * np.sum(np.abs(suspect) ** 2)) * 2 / (H * W)
    return height**2 * np.sign(height) / (energy.sum() / (H * W - 121)), height / norm


def main():
    treat, folder, lengths = sys.argv[1], sys.argv[2], [int(word) for word in sys.argv[3:]]
    rng = np.random.default_rng(1)
    pattern = (STRENGTH * rng.standard_normal((SENSOR_H, SENSOR_W))).astype(np.float32)
    forms = [("scaled, CRF 23", 23, None, None), ("scaled, CRF 28", 28, None, None), ("half size, CRF 23", 23, None, (640, 360))]
    forms += [("veiled, CRF 28", 28, treat, None)]
    for seconds in lengths:
        clip = os.path.join(folder, f"phone-{seconds}.mp4")
        film(clip, seconds, pattern, rng)
        made = {}
        for name, crf, program, size in forms:
            out = os.path.join(folder, f"{len(made)}-{seconds}.mp4")
            cost, encoding = publish(clip, out, crf, program, size)
            kbps = os.path.getsize(out) * 8 / 1000 / seconds
            made[name] = (estimate(out, seconds * 30), cost, encoding, kbps)
        best = {name: (-1e9, 0.0, 1.0, 0.0) for name in made}
        for scale, degrees, suspect in suspects(pattern):
            for name, (found, *_) in made.items():
                pce, correlation = peak(found, suspect)
                best[name] = max(best[name], (pce, correlation, scale, degrees))
        for name, (_, cost, encoding, kbps) in made.items():
            pce, correlation, scale, degrees = best[name]
            row = {"clip": name, "seconds": seconds, "pce": round(float(pce), 1), "correlation": round(float(correlation), 4)}
            row |= {"scale": round(scale, 4), "degrees": round(degrees, 1), "kbps": round(kbps)}
            print(json.dumps(row | {"treat_ms": round(cost, 2), "encode_ms": round(encoding, 2)}), flush=True)


if __name__ == "__main__":
    main()
