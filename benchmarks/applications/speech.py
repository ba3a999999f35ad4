"""Spoken digits and yes/no with the defaults, letter by letter and with a lexicon.

    python benchmarks/applications/speech.py PATH [--set NAME] [--keep FOLDER]

PATH holds ``fsdd/fsdd_recordings.zip`` (Free Spoken Digit Dataset: DIGIT_SPEAKER_N.wav, N from 0 to
4 for test, as its makers say) and ``yesno/waves_yesno.zip`` (eight Hebrew words a file; of the
sorted names the first 31 to train, the last 29 to test, as in Kaldi's recipe). What is written is
letters: "seven" for a seven; "0" or "1" a word of yesno, whose names say no more. The test parts
are read once, at the end; nothing is chosen on them. Writes docs/results/speech.md when both are
run.

Strings are made of the digits' test recordings: a speaker's are dealt out to strings of 3 to 7,
five times over, without a pause, and with pauses of up to 0.3 s of nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from recurra import Progress
from recurra.applications.speech import (
    Scores,
    Sound,
    SpeechRecogniser,
    read_recordings,
    read_sound,
)

ROOT = Path(__file__).resolve().parents[2]
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
ROUNDS = 5
PAUSE = 0.3


@dataclass(frozen=True)
class Row:
    """A figure."""

    what: str
    scores: Scores
    published: str = ""


@dataclass(frozen=True)
class Fitted:
    """A recogniser and what it cost."""

    recogniser: SpeechRecogniser
    recordings: int
    minutes: float
    core_minutes: float


@dataclass(frozen=True)
class Found:
    """A set's figures."""

    name: str
    fitted: Fitted
    rows: list[Row]


def digits(folder: Path, seed: int) -> Found:
    with zipfile.ZipFile(folder / "fsdd" / "fsdd_recordings.zip") as archive:
        archive.extractall(place := Path(tempfile.mkdtemp()))
    paths = sorted(place.rglob("*.wav"))
    named = [path.stem.split("_") for path in paths]
    texts = [DIGITS[int(digit)] for digit, _, _ in named]
    tested = [int(number) < 5 for _, _, number in named]
    learned = [n for n, is_test in enumerate(tested) if not is_test]
    fit = fitted([paths[n] for n in learned], [texts[n] for n in learned], seed)
    recogniser = fit.recogniser
    # From here on the test part is read.
    asked = [n for n, is_test in enumerate(tested) if is_test]
    sounds, truth = [read_sound(paths[n]) for n in asked], [texts[n] for n in asked]
    close, said = strings(sounds, truth, [named[n][1] for n in asked], pause=0.0)
    paused, _ = strings(sounds, truth, [named[n][1] for n in asked], pause=PAUSE)
    rows = [
        Row(
            "single digits, letter by letter",
            recogniser.evaluate(sounds, truth),
            "97 (sound-mnist, a CNN that chooses one of ten; three speakers, another split)",
        ),
        Row(
            "single digits, in words of the training",
            recogniser.evaluate(sounds, truth, lexicon=recogniser.words_),
        ),
        Row("strings of 3 to 7, pauses, letter by letter", recogniser.evaluate(paused, said)),
        Row(
            "strings of 3 to 7, pauses, in words of the training",
            recogniser.evaluate(paused, said, lexicon=recogniser.words_),
        ),
        Row("the same while they come in, 0.8 to 1.2 s behind", streamed(recogniser, paused, said)),
        Row("strings without a pause, letter by letter", recogniser.evaluate(close, said)),
        Row(
            "strings without a pause, in words of the training",
            recogniser.evaluate(close, said, lexicon=recogniser.words_),
        ),
    ]
    return told("spoken digits (FSDD), six speakers", fit, rows)


def yesno(folder: Path, seed: int) -> Found:
    return _yesno(
        folder, seed, "yesno, one speaker", list(range(60)), "0 (Kaldi's, with a lexicon)"
    )


def shuffled(folder: Path, seed: int) -> Found:
    """The same with other parts: what is spoken first does not tell them apart."""
    order = list(range(60))
    random.Random(1).shuffle(order)
    return _yesno(folder, seed, "yesno, shuffled by seed 1", order, "")


def _yesno(folder: Path, seed: int, name: str, order: list[int], published: str) -> Found:
    with zipfile.ZipFile(folder / "yesno" / "waves_yesno.zip") as archive:
        archive.extractall(place := Path(tempfile.mkdtemp()))
    every = read_recordings(place, pattern="{text}")
    assert every.texts is not None
    paths, texts = [every.paths[n] for n in order], [every.texts[n] for n in order]
    fit = fitted(paths[:31], texts[:31], seed)
    scores = fit.recogniser.evaluate(paths[31:], texts[31:])
    return told(name, fit, [Row("eight words each, letter by letter", scores, published)])


def fitted(paths: list[Path], texts: list[str], seed: int) -> Fitted:
    wall, core = time.perf_counter(), time.process_time()
    recogniser = SpeechRecogniser(seed=seed).fit(paths, texts, watch=[Progress()])
    for note in recogniser.notes_:
        print(f"- {note}")
    spent = time.perf_counter() - wall, time.process_time() - core
    return Fitted(recogniser, len(paths), spent[0] / 60, spent[1] / 60)


def strings(
    sounds: list[Sound], truth: list[str], speakers: list[str], *, pause: float
) -> tuple[list[Sound], list[str]]:
    chance, joined, said = np.random.default_rng(0), [], []
    for speaker in SPEAKERS * ROUNDS:
        own = [n for n, one in enumerate(speakers) if one == speaker]
        order = chance.permutation(own).tolist()
        while len(order) >= 3:
            count = int(chance.integers(3, 8))
            some, order = order[:count], order[count:]
            lengths = (chance.uniform(0, 1, len(some)) * pause * 8000).astype(int)
            parts = [
                part
                for n, length in zip(some, lengths, strict=True)
                for part in (sounds[n].samples, np.zeros(length, dtype=np.float32))
            ]
            joined.append(Sound(np.concatenate(parts), 8000))
            said.append(" ".join(truth[n] for n in some))
    return joined, said


def streamed(recogniser: SpeechRecogniser, sounds: list[Sound], truth: list[str]) -> Scores:
    heard = []
    for sound in sounds:
        stream = recogniser.stream(sound.rate)
        pieces = np.array_split(sound.samples, max(1, len(sound.samples) // 400))
        heard.append("".join(map(stream.feed, pieces)) + stream.close())
    return Scores.of(truth, heard)


def told(name: str, fit: Fitted, rows: list[Row]) -> Found:
    held = fit.recogniser.held_out_
    assert held is not None
    print(f"{name}: {fit.minutes:.1f} minutes, {fit.core_minutes:.1f} of a core")
    print(f"  held out: {held.exact:.2%} right, WER {held.wer:.2%} of {held.words}")
    for row in rows:
        one = row.scores
        print(
            f"  {row.what}: {one.exact:.2%} right of {one.recordings}, WER {one.wer:.2%} of "
            f"{one.words}, CER {one.cer:.2%}",
            flush=True,
        )
        print(f"    {[pair for pair in one.pairs.items() if pair[0][0] != pair[0][1]][:12]}")
    return Found(name, fit, rows)


def write(sets: list[Found], seed: int) -> None:
    tables = "\n".join(table(one) for one in sets)
    threads = torch.get_num_threads()
    page = f"""# Speech

The test parts that the sets come with, read once, at the end; nothing was chosen on them. The
defaults of `recurra fit speech`. "Right" are recordings that are right to the letter. Strings are
made of the test recordings of one speaker, three to seven, dealt out five times over; in training
no two digits were spoken in one recording: they were joined by the fit itself.

{tables}
{threads} thread{"" if threads == 1 else "s"} of {os.cpu_count()} cores ({platform.machine()}), \
seed {seed}; minutes on a machine that was shared with other work.
Command: `python benchmarks/applications/speech.py PATH`
"""
    (ROOT / "docs" / "results" / "speech.md").write_text(page, encoding="utf-8")


def table(one: Found) -> str:
    rows = "\n".join(
        f"| {row.what} | {row.scores.recordings:,} | **{100 * row.scores.exact:.1f}** "
        f"| {row.scores.words:,} | **{100 * row.scores.wer:.1f}** | {100 * row.scores.cer:.1f} "
        f"| {row.published} |"
        for row in one.rows
    )
    fit, held = one.fitted, one.fitted.recogniser.held_out_
    assert held is not None
    return f"""## {one.name[0].upper()}{one.name[1:]}

Learned from {fit.recordings:,} recordings in {fit.minutes:.1f} minutes ({fit.core_minutes:.1f} of
a core). The fit itself says of the {held.recordings:,} that it held out: {100 * held.exact:.1f}%
right, word error rate {100 * held.wer:.1f}.

| tested on | recordings | right, % | words | word error rate, % | character error rate, % \
| published |
|---|--:|--:|--:|--:|--:|---|
{rows}
"""


SETS = {"digits": digits, "yesno": yesno, "yesno-shuffled": shuffled}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", choices=list(SETS), action="append")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a folder in which the models are kept")
    given = parser.parse_args()
    sets = []
    for key in given.set or SETS:
        sets.append(SETS[key](given.folder, given.seed))
        if given.keep:
            sets[-1].fitted.recogniser.save(given.keep / f"{key}.safetensors")
    if not given.set:
        write(sets, given.seed)


if __name__ == "__main__":
    main()
