"""Classes of series with the defaults: spoken vowels, a smart watch, pen digits.

    python benchmarks/applications/series_class.py PATH [--set vowels|motions|digits]

PATH holds ``sequence_classification/{JapaneseVowels,BasicMotions}`` (.ts files of the UEA archive)
and ``handwriting/pendigits/pendigits.{tra,tes}.gz`` (8 points of a pen a row, its class last). Each
has a test part of its own, which is read once, at the end; nothing is chosen on it. Writes
docs/results/series-class.md when all sets are run.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from recurra import Progress
from recurra.applications.scoring import Scores
from recurra.applications.series import Collection, Names, read_series
from recurra.applications.series_class import SeriesClassifier

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Found:
    """A set's figures."""

    name: str
    series: int
    scores: Scores
    held_out: float
    minutes: float
    published: str


def uea(name: str, folder: Path) -> tuple[Collection, Collection]:
    place = folder / "sequence_classification" / name
    train, test = (read_series(place / f"{name}_{part}.ts.gz") for part in ("TRAIN", "TEST"))
    return train, test


def pen(folder: Path) -> tuple[Collection, Collection]:
    place, names = folder / "handwriting" / "pendigits", Names(wide=2)
    train, test = (read_series(place / f"pendigits.{part}.gz", names) for part in ("tra", "tes"))
    return train, test


SETS = {
    "vowels": (
        "JapaneseVowels, nine speakers",
        lambda folder: uea("JapaneseVowels", folder),
        "98 to 100 (MLSTM-FCN)",
    ),
    "motions": (
        "BasicMotions, a smart watch",
        lambda folder: uea("BasicMotions", folder),
        "95 to 97.5 (MLSTM-FCN)",
    ),
    "digits": ("pen digits, 8 points each", pen, "97.8 (nearest neighbours)"),
}


def measured(key: str, folder: Path, seed: int) -> Found:
    name, read, published = SETS[key]
    train, test = read(folder)
    started = time.perf_counter()
    classifier = SeriesClassifier(seed=seed)
    classifier.fit(train.series, train.labels, watch=[Progress()])
    minutes = (time.perf_counter() - started) / 60
    for note in classifier.notes_:
        print(f"- {note}")
    scores = classifier.evaluate(test.series, test.labels)
    assert classifier.held_out_ is not None
    held = classifier.held_out_.accuracy
    print(f"{name}: accuracy {scores.accuracy:.4f}, macro F1 {scores.macro_f1:.4f}", flush=True)
    print(f"held out {held:.4f}, {minutes:.1f} minutes", flush=True)
    return Found(name, len(train), scores, held, minutes, published)


def write(found: list[Found], seed: int) -> None:
    rows = "\n".join(
        f"| {one.name} | {one.series:,} | {one.scores.count:,} "
        f"| **{100 * one.scores.accuracy:.1f}** | {100 * one.scores.macro_f1:.1f} "
        f"| {100 * one.held_out:.1f} | {100 * one.scores.majority[1]:.1f} "
        f"| {one.minutes:.1f} | {one.published} |"
        for one in found
    )
    threads = torch.get_num_threads()
    page = f"""# Classes of series

Accuracy on the test parts that the sets come with, read once, at the end; nothing was chosen on
them. The defaults of `recurra fit series-class`. Beside it what the fit itself says, of series that
it held out from the training part.

| set | trained on | tested on | accuracy, % | macro F1, % | held out, % | most frequent class, % \
| minutes | published |
|---|--:|--:|--:|--:|--:|--:|--:|---|
{rows}

{threads} thread{"" if threads == 1 else "s"} of {os.cpu_count()} cores ({platform.machine()}), \
seed {seed}; minutes on a machine that was shared with other work.
Command: `python benchmarks/applications/series_class.py PATH`
"""
    (ROOT / "docs" / "results" / "series-class.md").write_text(page, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", choices=list(SETS), action="append")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    found = [measured(key, given.folder, given.seed) for key in given.set or SETS]
    if not given.set:
        write(found, given.seed)


if __name__ == "__main__":
    main()
