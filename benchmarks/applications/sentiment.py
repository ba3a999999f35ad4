"""Sentiment with the defaults: SST-2 from its sentences alone, and Chinese hotel reviews.

    OMP_NUM_THREADS=1 python benchmarks/applications/sentiment.py PATH/sentiment [--set sst2|hotels]

PATH/sentiment holds ``sst2/{train,test}.tsv.gz`` (a sentence, a tab, 0 or 1) and
``chnsenticorp_htl_all/ChnSentiCorp_htl_all.csv.gz`` (label, review). SST-2 has a test part of its
own. Of the reviews, once shuffled by seed 0, the last tenth is the test part, and the tenth before
it is not learned from: a split of 80, 10 and 10. The test parts are read at the end; nothing is
chosen on them. Writes docs/results/sentiment.md when both sets are run.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from recurra import Progress
from recurra.applications.sentiment import Scores, SentimentClassifier
from recurra.applications.tables import Labelled, read_labelled

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Found:
    """A set's figures."""

    name: str
    texts: int
    scores: Scores
    held_out: float
    minutes: float
    published: str


def sst2(folder: Path) -> tuple[Labelled, Labelled]:
    parts = [read_labelled(folder / "sst2" / f"{part}.tsv.gz") for part in ("train", "test")]
    return parts[0], parts[1]


def hotels(folder: Path) -> tuple[Labelled, Labelled]:
    whole = read_labelled(folder / "chnsenticorp_htl_all" / "ChnSentiCorp_htl_all.csv.gz")
    pairs = list(zip(whole.texts, whole.labels, strict=True))
    random.Random(0).shuffle(pairs)
    train, test = pairs[: len(pairs) * 8 // 10], pairs[len(pairs) * 9 // 10 :]
    return labelled(train), labelled(test)


def labelled(pairs: list[tuple[str, str]]) -> Labelled:
    return Labelled([text for text, _ in pairs], [label for _, label in pairs], ())


SETS = {
    "sst2": ("SST-2, English sentences", sst2, "87.5 with phrases and pretrained vectors"),
    "hotels": ("hotel reviews, Chinese", hotels, ""),
}


def measured(key: str, folder: Path, seed: int) -> Found:
    name, read, published = SETS[key]
    train, test = read(folder)
    started = time.perf_counter()
    classifier = SentimentClassifier(seed=seed)
    classifier.fit(train.texts, train.labels, watch=[Progress()])
    minutes = (time.perf_counter() - started) / 60
    for note in classifier.notes_:
        print(f"- {note}")
    classifier.save(ROOT / ".bench" / f"sentiment-{key}.safetensors")
    scores = classifier.evaluate(test.texts, test.labels)
    assert classifier.held_out_ is not None
    held = classifier.held_out_.accuracy
    print(f"{name}: accuracy {scores.accuracy:.4f}, macro F1 {scores.macro_f1:.4f}", flush=True)
    print(f"held out {held:.4f}, {minutes:.1f} minutes", flush=True)
    return Found(name, len(train.texts), scores, held, minutes, published)


def write(found: list[Found], seed: int) -> None:
    rows = "\n".join(
        f"| {one.name} | {one.texts:,} | {one.scores.count:,} "
        f"| **{100 * one.scores.accuracy:.1f}** | {100 * one.scores.macro_f1:.1f} "
        f"| {100 * one.scores.majority[1]:.1f} "
        f"| {one.minutes:.1f} | {one.published} |"
        for one in found
    )
    threads = torch.get_num_threads()
    page = f"""# Sentiment

Accuracy and macro F1 on test parts that were read once, at the end; nothing was chosen on them.
The defaults of `recurra fit sentiment`, learned from the sentences of each set alone.

| set | trained on | tested on | accuracy, % | macro F1, % | most frequent class, % | minutes \
| published |
|---|--:|--:|--:|--:|--:|--:|---|
{rows}

{threads} thread{"" if threads == 1 else "s"} of {os.cpu_count()} cores ({platform.machine()}), \
seed {seed}; minutes by the clock, with other work on the machine.
The reviews were shuffled by seed 0 and split 80/10/10. The middle part was looked at in two short
trials of single networks, after which nothing was changed.
Command: `OMP_NUM_THREADS=1 python benchmarks/applications/sentiment.py PATH/sentiment`
"""
    (ROOT / "docs" / "results" / "sentiment.md").write_text(page, encoding="utf-8")


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
