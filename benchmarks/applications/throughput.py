"""Tokens a second of each job's training and answers, beside plain torch.nn in the same run.

    python benchmarks/applications/throughput.py [--job NAME]

After each step of a job's own ``fit`` a plain PyTorch model of the same size takes a step on the
same batch, so that both meet the same moods of the machine; the ratio is the median over steps. All
that a step does is timed: reading the batch, both passes, the clipped gradient, the optimizer, and
for Recurra the average of the weights too. Data are made up. Writes
docs/results/jobs-throughput.md when all jobs are run.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable
from pathlib import Path

import torch
from contest import Contest, Speed, Turns, in_turn
from contest_caption import Caption
from contest_dna import Dna
from contest_enhance import Enhance
from contest_music import Music
from contest_ner import Ner
from contest_prices import Prices
from contest_sentiment import Sentiment
from contest_series_class import SeriesClass
from contest_speech import Speech
from contest_strokes import Strokes
from contest_text import Text
from contest_translate import Translate
from contest_video import Video

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 7

JOBS: dict[str, Callable[[], Contest]] = {
    "sentiment": Sentiment,
    "ner": Ner,
    "translate": Translate,
    "text": Text,
    "speech": Speech,
    "music": Music,
    "dna": Dna,
    "series-class": SeriesClass,
    "action": Video,
    "prices": Prices,
    "caption": Caption,
    "caption-strokes": Strokes,
    "enhance": Enhance,
}
"""A job a line."""

Measured = dict[str, dict[str, Speed]]
"""By what was asked, the speed of each."""


def measured(contest: Contest) -> Measured:
    turns = Turns(contest.peers)
    contest.fit([turns])
    found = {"fit": turns.speeds()}
    for asked, contestants in contest.predictions().items():
        found[asked] = in_turn(contestants, ROUNDS)
    print(contest.title)
    for asked, all_of_them in found.items():
        for name, speed in all_of_them.items():
            print(f"  {asked:28} {name:18} {speed.rate:10,.0f} a second  {speed.times:.2f}")
    return found


def table(contest: Contest, found: Measured) -> str:
    rows = "\n".join(
        f"| {asked} | {name} | {speed.rate:,.0f} | "
        + ("" if name == "Recurra" else f"**{speed.times:.2f}**")
        + " |"
        for asked, all_of_them in found.items()
        for name, speed in all_of_them.items()
    )
    return f"""## {_capital(contest.title.partition(",")[0])}

{_capital(contest.title.partition(", ")[2])}.

| | | {contest.tokens} a second | Recurra is so many times as fast |
|---|---|--:|--:|
{rows}
"""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def write(tables: list[str]) -> None:
    threads = torch.get_num_threads()
    page = f"""# How fast the jobs are

Tokens a second of each job's training and answers, beside plain PyTorch models of the same size on
the same batches: `torch.nn` layers, `torch.optim.AdamW`, gradients clipped. After each step of the
job they take theirs, so that both meet the same moods of the machine; rates and ratios are medians
over steps. All that a step does is timed: reading the batch, both passes, the clipped gradient, the
optimizer, and for Recurra the average of the weights too, which the plain models do without. Data
are made up, of usual lengths. Other work ran on the machine: the rates are lower than they could
be, the ratios are of the same steps.

Packed: padding is kept from the torch.nn layer, as Recurra keeps it; padded: it is read, and
changes the answers of the backward direction.

{"".join(f"{one}{chr(10)}" for one in tables)}{threads} thread{"" if threads == 1 else "s"} of \
{os.cpu_count()} cores ({platform.machine()}), PyTorch {torch.__version__}.
Command: `python benchmarks/applications/throughput.py`, which is part of `make bench`.
"""
    (ROOT / "docs" / "results" / "jobs-throughput.md").write_text(page, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--job", choices=list(JOBS), action="append")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    tables = []
    for job in given.job or JOBS:
        contest = JOBS[job]()
        tables.append(table(contest, measured(contest)))
    if not given.job:
        write(tables)


if __name__ == "__main__":
    main()
