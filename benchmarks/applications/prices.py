"""Prices with the defaults: five American stocks, day by day.

    OMP_NUM_THREADS=1 python benchmarks/applications/prices.py FILE

FILE is ``stocks_daily_ohlcv_5tickers.csv.gz``, in long format, with an adjusted close.

The last 15% of days are the test part; nothing is learned from them or chosen by them. Three seeds,
so that one can see how much of a figure is chance of the training. Writes docs/results/prices.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from pathlib import Path

import torch

from recurra import Progress
from recurra.applications.prices import PathScores, PriceModel, read_prices, report
from recurra.applications.prices.scores import PATH

ROOT = Path(__file__).resolve().parents[2]
SEEDS = (0, 1, 2)


def errors(held: PathScores) -> str:
    table = report.errors_table(held)
    rule = "|---|" + "--:|" * (len(table.columns) - 2) + "---|"
    head = "| " + " | ".join(table.columns) + " |"
    return "\n".join([head, rule, *("| " + " | ".join(row) + " |" for row in table.rows)])


def seeds(found: list[PathScores]) -> str:
    rows = "\n".join(
        f"| {seed} | {held.errors[PATH].own:.3f} | {held.errors['close'].own:.3f} "
        f"| {100 * held.direction.rate:.1f} "
        f"| {100 * held.direction.low:.1f} to {100 * held.direction.high:.1f} "
        f"| {' | '.join(f'{100 * share:.1f}' for share in held.covered.values())} |"
        for seed, held in zip(SEEDS, found, strict=True)
    )
    levels = " | ".join(f"closes within {level}%" for level in found[0].covered)
    return (
        "| seed | path, % | close, % | direction right, % | by chance, % | "
        f"{levels} |\n|---|--:|--:|--:|---|{'--:|' * len(found[0].covered)}\n{rows}"
    )


def write(found: list[PathScores], notes: tuple[str, ...], minutes: float) -> None:
    threads = torch.get_num_threads()
    told = "\n".join(f"- {note}" for note in notes)
    page = f"""# Prices

Open, high, low and close of the next day, of AAPL, FB, GOOG, IBM and MSFT from 2000 to 2013: the
defaults of `recurra fit prices`. Mean absolute error in percent of the price on the last 15% of
days, which nothing was learned from or chosen by, beside the last day's values, and beside the last
close with a high and a low as far from it as they usually are:

{errors(found[0])}

{report.verdict(found[0])}

The last column says whether the model is better than both of them beyond chance, by the test of
Diebold & Mariano 1995 with the correction of Harvey, Leybourne & Newbold 1997; a day counts once,
however many stocks it has.
Direction is that of the close. By chance: what a forecast without any skill reaches that says "up"
as often, 95 times of 100. No published figure is known for this table.

Other seeds of the training:

{seeds(found)}

{told}

{threads} thread{"" if threads == 1 else "s"} of {os.cpu_count()} cores ({platform.machine()}), \
seed {SEEDS[0]} above; {minutes:.1f} minutes a seed by the clock, with other work on the machine.
Command: `OMP_NUM_THREADS=1 python benchmarks/applications/prices.py FILE`
"""
    (ROOT / "docs" / "results" / "prices.md").write_text(page, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    market = read_prices(given.file)
    started, found, notes = time.perf_counter(), [], market.notes
    for seed in SEEDS:
        model = PriceModel(seed=seed).fit(market.quotes, watch=[Progress()])
        assert model.held_out_ is not None
        print(f"seed {seed}: {report.verdict(model.held_out_)}", flush=True)
        found.append(model.held_out_)
        notes = (*market.notes, *model.notes_)
    write(found, notes, (time.perf_counter() - started) / 60 / len(SEEDS))


if __name__ == "__main__":
    main()
