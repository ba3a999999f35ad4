"""Prices from a table, put in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from recurra.applications.prices.columns import Names, places, said
from recurra.applications.prices.mending import mended
from recurra.applications.prices.numbers import numbers
from recurra.applications.prices.quotes import Numbers, Quotes, Times
from recurra.applications.prices.splits import Jumps, without_splits
from recurra.applications.prices.times import read_times
from recurra.applications.tables import read_rows
from recurra.errors import DataError

SOUND = 0.5
"""The share of rows that must be left once those that cannot be used are left out."""

LONG_GAP = 10
"""A gap of more than so many usual periods is told; where these are parts of a day, of 5 days."""

DAYS_OFF = 5 * 86_400

SHOWN = 5


@dataclass(frozen=True)
class Market:
    """The prices of a table.

    Attributes:
        quotes: A ticker each, in the order in which they first stand there.
        notes: What was found, guessed, mended or left out.
    """

    quotes: list[Quotes]
    notes: tuple[str, ...]


def read_prices(path: str | Path, names: Names | None = None) -> Market:
    """Reads open, high, low and close, and what stands beside them.

    Rows of one ticker belong together wherever they stand, and are sorted by their times. Prices
    are brought to one measure: by an adjusted close if there is one, else across jumps that are
    splits.

    Args:
        path: A CSV or TSV file, also with .gz: a row a period and ticker, names above.
        names: Of columns; those that are not given are found.

    Raises:
        DataError: If it cannot be read, a column is not there, a cell is no number, or more than
            half of a ticker's rows cannot be used.
    """
    path = Path(path)
    head, *rows = read_rows(path, "a table of prices")
    found = places(head, names or Names(), path)
    if not rows:
        raise DataError(f"{path} has names and nothing below them.", "a row for each period")
    dates = [" ".join(row[found[k]] for k in ("date", "time") if k in found) for row in rows]
    read = read_times([one.strip() for one in dates], path)
    columns = numbers(rows, found, path)
    by_ticker: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        name = row[found["ticker"]] if "ticker" in found else path.name.split(".")[0]
        by_ticker.setdefault(name, []).append(place)
    mending = _Mending(path)
    quotes = [
        mending.quotes(name, read.times[own], {key: one[own] for key, one in columns.items()})
        for name, own in by_ticker.items()
    ]
    counted = f"{len(rows):,} rows of {_tickers(by_ticker)}"
    return Market(quotes, (counted, said(head, found), *read.notes, *mending.notes))


@dataclass
class _Mending:
    """Puts tickers in order, one after the other, and remembers what it did."""

    path: Path
    repairs: Counter[str] = field(default_factory=Counter)
    jumps: dict[str, Jumps] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)
    adjusted: bool = False

    def quotes(self, name: str, times: Times, columns: dict[str, Numbers]) -> Quotes:
        """The prices of a ticker."""
        prices = np.stack([columns[key] for key in ("open", "high", "low", "close")], axis=1)
        if "adjusted" in columns:
            # Where it is missing or no price, the row is left out with those that lack one.
            factor = columns["adjusted"] / np.where(prices[:, 3] > 0, prices[:, 3], np.nan)
            usable = np.where(factor > 0, factor, np.nan)
            prices, columns["volume"] = prices * usable[:, None], columns["volume"] / usable
            self.adjusted = True
        found = mended(name, times, prices, columns["volume"], self.repairs)
        if len(found) < SOUND * len(times):
            raise DataError(
                f"{self.path}: of {len(times):,} rows of {name!r} only {len(found):,} can be used",
                "a time and four prices above 0 in each row",
                "look at these rows",
            )
        if not self.adjusted:
            found, self.jumps[name] = without_splits(found)
        self._look_for_gaps(found)
        return found

    def _look_for_gaps(self, quotes: Quotes) -> None:
        steps = np.diff(quotes.times).astype(np.int64)
        if len(steps):
            usual = LONG_GAP * np.median(steps)
            long = np.flatnonzero(steps > (max(usual, DAYS_OFF) if quotes.intraday else usual))
            self.gaps += [f"{quotes.name!r} after {_day(quotes.times[n])}" for n in long]

    @property
    def notes(self) -> list[str]:
        """What was done, a sentence each."""
        notes = [f"{count:,} {what}" for what, count in self.repairs.items() if count]
        if self.adjusted:
            notes.append("all prices are brought to the measure of the adjusted close")
        splits = [
            f"{name!r} on {_day(when)} by {_factor(factor)}"
            for name, found in self.jumps.items()
            for when, factor in found.splits
        ]
        others = [
            f"{name!r} on {_day(when)}"
            for name, found in self.jumps.items()
            for when in found.others
        ]
        for what, where in (
            ("jumps are taken for splits, and prices before them adjusted", splits),
            ("jumps of more than 40% overnight are no usual split: left as they are", others),
            ("gaps are longer than usual by far: passed over", self.gaps),
        ):
            if where:
                notes.append(f"{len(where):,} {what}: {_shown(where)}")
        return notes


def _tickers(names: dict[str, list[int]]) -> str:
    return f"{len(names):,} tickers" if len(names) > 1 else "1 ticker"


def _factor(factor: float) -> str:
    return f"{factor:g}:1" if factor > 1 else f"1:{1 / factor:g}"


def _day(when: np.datetime64) -> str:
    return str(when.astype("datetime64[D]"))


def _shown(where: Sequence[str]) -> str:
    more = f" and {len(where) - SHOWN} more" if len(where) > SHOWN else ""
    return ", ".join(where[:SHOWN]) + more
