"""A speaker verifier: Resemblyzer's network (Apache-2.0), run in numpy from the weights its wheel carries."""

import pickle

import numpy as np

RATE = 16_000
WINDOW, HOP, BANDS = 400, 160, 40
PARTIAL, STEP = 160, 77  # frames that the network hears at once, and from one such part to the next
QUIET = 10 ** (-35 / 20)  # frames this far below the loud ones are pauses


class _Named(dict):
    """What torch keeps names in."""


class _Tensors(pickle.Unpickler):
    """Reads torch's old file of tensors (pickles, then bare storages) and nothing else: any other name is refused."""

    KINDS = {"FloatStorage": "<f4", "LongStorage": "<i8", "DoubleStorage": "<f8", "IntStorage": "<i4"}
    storages = {}

    def find_class(self, module, name):
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, size, stride, *_: (storage, offset, size, stride)
        if (module, name) == ("collections", "OrderedDict"):
            return _Named
        if module == "torch" and name in self.KINDS:
            return self.KINDS[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not expected in a file of weights")

    def persistent_load(self, saved):
        _, kind, key, _, size, *_ = saved
        return self.storages.setdefault(str(key), np.zeros(size, dtype=kind))


def weights(path):
    with open(path, "rb") as file:
        _, _, _, state = [_Tensors(file).load() for _ in range(4)]
        for key in _Tensors(file).load():
            file.read(8)  # how many; known already
            storage = _Tensors.storages[str(key)]
            storage[:] = np.frombuffer(file.read(storage.nbytes), dtype=storage.dtype)

    def tensor(storage, offset, size, stride):
        return np.lib.stride_tricks.as_strided(storage[offset:], size, [s * storage.itemsize for s in stride]).copy()

    return {name: tensor(*parts) for name, parts in state["model_state"].items()}


def _mel_filters():
    """Slaney's scale and area, as librosa has them by default."""
    linear, step, log_from, log_step = 0.0, 200 / 3, 1000.0, np.log(6.4) / 27
    to_mel = lambda f: np.where(f >= log_from, log_from / step + np.log(np.maximum(f, 1e-9) / log_from) / log_step, f / step)
    to_hz = lambda m: np.where(m >= log_from / step, log_from * np.exp(log_step * (m - log_from / step)), m * step)
    bins = np.linspace(0, RATE / 2, WINDOW // 2 + 1)
    edges = to_hz(np.linspace(to_mel(np.array(linear)), to_mel(np.array(RATE / 2)), BANDS + 2))
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rise, fall = (bins - low) / (middle - low), (high - bins) / (high - middle)
    return np.maximum(0, np.minimum(rise, fall)) * (2.0 / (high - low))


FILTERS = _mel_filters()


def spectra(samples, window=WINDOW, hop=HOP):
    padded = np.pad(samples, window // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    shape = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    return np.abs(np.fft.rfft(frames * shape, axis=1)) ** 2


def speech(samples):
    """At one loudness, long pauses cut out."""
    samples = np.asarray(samples, dtype=np.float64)
    rms = np.sqrt(np.mean(samples**2)) + 1e-12
    samples = samples * (10 ** (-30 / 20) / rms)
    blocks = samples[: len(samples) // 480 * 480].reshape(-1, 480)
    level = np.sqrt((blocks**2).mean(axis=1))
    heard = level > np.percentile(level, 95) * QUIET
    heard = np.convolve(heard, np.ones(7), "same") > 0
    return blocks[heard].reshape(-1)


class Ear:
    def __init__(self, path):
        state = weights(path)
        self.layers = [[np.asarray(state[f"lstm.{n}_l{i}"], dtype=np.float32) for n in
                        ("weight_ih", "weight_hh", "bias_ih", "bias_hh")] for i in range(3)]
        self.out = np.asarray(state["linear.weight"], np.float32), np.asarray(state["linear.bias"], np.float32)

    def parts(self, samples):
        mel = (spectra(speech(samples)) @ FILTERS.T).astype(np.float32)
        if len(mel) < PARTIAL:
            mel = np.pad(mel, ((0, PARTIAL - len(mel)), (0, 0)))
        return [mel[i : i + PARTIAL] for i in range(0, len(mel) - PARTIAL + 1, STEP)]

    def _network(self, x):
        for w_in, w_back, b_in, b_back in self.layers:
            inputs = x @ w_in.T + (b_in + b_back)
            h = np.zeros((x.shape[0], 256), np.float32)
            c = np.zeros_like(h)
            out = np.empty((x.shape[0], x.shape[1], 256), np.float32)
            for t in range(x.shape[1]):
                i, f, g, o = np.split(inputs[:, t] + h @ w_back.T, 4, axis=1)
                c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
                h = _sigmoid(o) * np.tanh(c)
                out[:, t] = h
            x = out
        raw = np.maximum(0, h @ self.out[0].T + self.out[1])
        return raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-9)

    def hear(self, utterances):
        """One direction in 256 dimensions for each utterance (16 kHz)."""
        parts = [self.parts(u) for u in utterances]
        flat = np.stack([p for ps in parts for p in ps])
        heard = np.concatenate([self._network(flat[i : i + 128]) for i in range(0, len(flat), 128)])
        out, at = [], 0
        for ps in parts:
            mean = heard[at : at + len(ps)].mean(axis=0)
            at += len(ps)
            out.append(mean / np.linalg.norm(mean))
        return np.stack(out)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def statistics(samples):
    """What a listener without a network would compare: mean and spread of 24 cepstra and of their changes."""
    mel = np.log(spectra(speech(samples)) @ FILTERS.T + 1e-9)
    mel -= mel.mean(axis=1, keepdims=True)
    k = np.arange(1, 25)[:, None] * (np.arange(BANDS) + 0.5)[None] * np.pi / BANDS
    c = mel @ np.cos(k).T
    d = c[4:] - c[:-4]
    return np.concatenate([c.mean(0), c.std(0), d.std(0)])
