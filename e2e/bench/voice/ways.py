"""Ways to change a voice, ours and others': samples at 16 kHz in, samples at 16 kHz out."""

import subprocess

import numpy as np
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter, resample_poly

RATE = 16_000


def as_recorded(utterances, _versions, _folder):
    return [list(utterances)]


def pitch_shift(utterances, _versions, _folder, semitones=4):
    """Everything higher: resampled, then stretched back by overlapping windows. Nothing in it is drawn."""
    return [[_stretch(x, 2 ** (semitones / 12)) for x in utterances]]


def _stretch(x, factor, size=1024, hop=256):
    """Phase vocoder: as long as `x` again after it was resampled by `factor`."""
    up = 1000
    short = resample_poly(x, up, int(round(up * factor)))
    window = np.hanning(size + 1)[:size]
    padded = np.pad(short, size)
    places = np.arange(0, len(padded) - size - hop, hop / factor)
    out = np.zeros(len(places) * hop + size)
    phase, expected = None, 2 * np.pi * hop * np.arange(size // 2 + 1) / size
    for i, place in enumerate(places.astype(int)):
        one = np.fft.rfft(window * padded[place : place + size])
        two = np.fft.rfft(window * padded[place + hop : place + hop + size])
        if phase is None:
            phase = np.angle(one)
        turn = np.angle(two) - np.angle(one) - expected
        phase = phase + expected + turn - 2 * np.pi * np.round(turn / (2 * np.pi))
        out[i * hop : i * hop + size] += window * np.fft.irfft(np.abs(two) * np.exp(1j * phase)) * hop / (0.375 * size)
    start = int(size * factor)
    return np.pad(out, (0, len(x)))[start : start + len(x)].astype(np.float32)


def mcadams(utterances, _versions, _folder, power=0.8, order=20, size=320, hop=160):
    """The VoicePrivacy challenge's second baseline: the angles of the poles, to a power."""
    return [[_mcadams(x, power, order, size, hop) for x in utterances]]


def _mcadams(x, power, order, size, hop):
    window = np.sqrt(np.hanning(size + 1)[:size])
    out = np.zeros(len(x) + size)
    for start in range(0, len(x) - size, hop):
        frame = x[start : start + size] * window
        r = np.correlate(frame, frame, "full")[size - 1 : size + order]
        if r[0] < 1e-9:
            continue
        r[0] *= 1 + 1e-6
        a = np.concatenate([[1], -solve_toeplitz(r[:-1], r[1:])])
        poles = np.roots(a)
        angles = np.angle(poles)
        moved = np.abs(poles) * np.exp(1j * np.sign(angles) * np.abs(angles) ** power)
        moved = np.where(np.abs(poles.imag) > 1e-9, moved, poles)
        out[start : start + size] += lfilter([1], np.real(np.poly(moved)), lfilter(a, [1], frame)) * window
    return out[: len(x)].astype(np.float32)


def chimera(utterances, versions, _folder):
    """chimera-voice at its strongest, a new key for each message."""
    import secrets

    from chimera import mask_array

    def one(x):
        result = mask_array(x.astype(np.float64), RATE, key=secrets.token_hex(16), preset="extreme")
        return np.asarray(result.audio, np.float32)[: len(x)]

    return [[one(x) for x in utterances] for _ in range(versions)]


def ours(program):
    def way(utterances, versions, folder):
        lines = []
        for i, x in enumerate(utterances):
            resample_poly(x, 3, 1).astype("<f4").tofile(folder / f"{i}.in")
            lines += [f"{folder}/{i}.in\t{folder}/{i}.{v}" for v in range(versions)]
        done = subprocess.run([program], input="\n".join(lines) + "\n", text=True, check=True, capture_output=True)
        sound, work = map(float, done.stdout.split())
        way.speed = work / sound
        read = lambda i, v: resample_poly(np.fromfile(folder / f"{i}.{v}", "<f4"), 1, 3).astype(np.float32)
        return [[read(i, v) for i in range(len(utterances))] for v in range(versions)]

    return way
