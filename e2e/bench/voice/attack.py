"""What an attacker gets: equal error rates and first ranks."""

import numpy as np


def eer(same, other):
    """The error rate at which as many of one's own are refused as of others are let in."""
    same, other = np.sort(same), np.sort(other)
    marks = np.concatenate([same, other])
    missed = np.searchsorted(same, marks, "left") / len(same)
    let_in = 1 - np.searchsorted(other, marks, "left") / len(other)
    at = np.argmin(np.abs(missed - let_in))
    return (missed[at] + let_in[at]) / 2


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-9)


def scores(speakers, utterances, enrol, trial, trained=None):
    """Each trial against each speaker, without what the same utterance said.

    `enrol` and `trial`: [versions, utterances, dimensions]. `trained(enrol, speakers)` makes a projection.
    Returns same, other, ranks."""
    same, other, ranks = [], [], []
    names = sorted(set(speakers))
    speakers, utterances = np.array(speakers), np.array(utterances)
    folds = sorted(set(utterances))
    for fold in folds:
        keep = utterances != fold
        project = trained(enrol[:, keep], speakers[keep]) if trained else (lambda x: x)
        models = []
        for name in names:
            own = keep & (speakers == name)
            models.append(unit(unit(project(enrol[:, own].reshape(-1, enrol.shape[-1]))).mean(axis=0)))
        models = np.stack(models)
        for i in np.flatnonzero(~keep):
            for version in trial:
                got = models @ unit(project(version[i][None])[0])
                own = names.index(speakers[i])
                same.append(got[own])
                other.extend(np.delete(got, own))
                ranks.append(int((got > got[own]).sum()))
    return np.array(same), np.array(other), np.array(ranks)


def lda(shrink=0.1, dims=None, extra=None):
    """A back end taught on altered speech: what differs within a speaker is pressed flat, what differs between stays."""

    def train(x, speakers):
        flat = x.reshape(-1, x.shape[-1])
        labels = np.tile(speakers, x.shape[0])
        if extra is not None:
            flat, labels = np.concatenate([flat, extra[0]]), np.concatenate([labels, extra[1]])
        centre = flat.mean(axis=0)
        names = sorted(set(labels))
        means = np.stack([flat[labels == n].mean(axis=0) for n in names])
        within = np.concatenate([flat[labels == n] - m for n, m in zip(names, means)])
        sw = within.T @ within / len(within)
        sw = (1 - shrink) * sw + shrink * np.trace(sw) / len(sw) * np.eye(len(sw))
        values, vectors = np.linalg.eigh(sw)
        white = vectors / np.sqrt(values)
        between = (means - centre) @ white
        u, s, vt = np.linalg.svd(between, full_matrices=False)
        count = min(len(names) - 1, dims or len(names) - 1)
        basis = white @ vt[:count].T
        return lambda y: (y - centre) @ basis

    return train


def row(speakers, utterances, enrol, trial, trained=None):
    same, other, ranks = scores(speakers, utterances, enrol, trial, trained)
    return eer(same, other), float((ranks == 0).mean())
