"""The rows of a table: whose they are, when and what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting.columns import Columns, Table
from recurra.tables.frequency import Times
from recurra.tables.repeats import kinds, numbered
from recurra.tables.times import ReadTimes, TimeStyle, read_times, with_clock
from recurra.tables.values import check_points, numbers

PARTS = {"year": "%Y", "month": "-%m", "day": "-%d", "hour": " %H", "minute": ":%M"}
"""Columns that make up a time together, and how each is written in one text."""


@dataclass(frozen=True)
class Rows:
    """Rows of several series.

    Attributes:
        owners: (N,) int64, the number of the series of each.
        times: (N,) datetime64[us] or int64.
        values: (N,), NaN where missing.
        places: (N,) int64, which row of the table each is, counted from 0; None if not known.
    """

    owners: NDArray[np.int64]
    times: Times
    values: NDArray[np.float64]
    places: NDArray[np.int64] | None = None

    def __getitem__(self, rows: Any) -> Rows:
        places = None if self.places is None else self.places[rows]
        return Rows(self.owners[rows], self.times[rows], self.values[rows], places)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Where each series begins, in sorted rows."""
        return np.flatnonzero(np.diff(self.owners, prepend=-1))


def read_rows(table: Table, columns: Columns, notes: list[str]) -> tuple[Rows, TimeStyle]:
    """Reads the rows of a table, sorted by series and time.

    Rows without a time or a series are left out, and infinite values become missing ones.

    Args:
        table: The columns by name.
        columns: Those that count.
        notes: Takes a sentence for each guess and repair.

    Raises:
        DataError: If a column cannot be read, or no row or no value is left.
    """
    values, number_notes = numbers(table[columns.target])
    read = read_row_times(table, columns)
    if read.style.pattern.startswith(("%d.", "%-d.")):
        # Those who write 31.12.2024 also put points between thousands, and commas before decimals.
        check_points(table[columns.target])
    notes += [*number_notes, *read.notes]
    owners = _owners(table, columns)
    rows = Rows(owners, read.times, values, np.arange(len(values)))
    whole = _whole(rows, read.known & (owners >= 0), notes)
    return _sorted(_finite(whole, columns, notes), notes), read.style


def series_names(table: Table, columns: Columns) -> list[str]:
    """The names of the series, in the order in which the table names them."""
    if columns.id is None:
        return [columns.target]
    return kinds(table[columns.id]).drop_nulls().cast(pl.String).to_list()


def _owners(table: Table, columns: Columns) -> NDArray[np.int64]:
    """The number of the series of each row, -1 for none."""
    if columns.id is None:
        return np.zeros(len(table[columns.target]), np.int64)
    return numbered(table[columns.id])[1]


def read_row_times(table: Table, columns: Columns) -> ReadTimes:
    """The time of every row of a table, (R,).

    Raises:
        DataError: If a cell is no time, or day and month cannot be told apart.
    """
    if len(columns.time) == 1:
        return read_times(table[columns.time[0]])
    if columns.time and columns.time[0].lower() not in PARTS:
        return read_times(with_clock(*(table[name] for name in columns.time)))
    if columns.time:
        return _joined(table, columns.time)
    owners = pl.DataFrame({"owner": _owners(table, columns)})
    order = owners.select(pl.int_range(pl.len()).over("owner")).to_series()
    return ReadTimes.of(order.cast(pl.Int64), TimeStyle("row"))


def _joined(table: Table, names: tuple[str, ...]) -> ReadTimes:
    """Times from columns of years, months, days and so on."""
    parts = {name.lower(): table[name].cast(pl.Int32, strict=False) for name in names}
    frame = pl.DataFrame(parts).with_columns(
        pl.lit(1).alias(name) for name in ("month", "day") if name not in parts
    )
    clock = [pl.col(name) for name in ("hour", "minute") if name in parts]
    try:
        joined = frame.select(pl.datetime("year", "month", "day", *clock, time_unit="us"))
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"The columns {', '.join(names)} do not make times together "
            f"({str(error).splitlines()[0]}).",
            "years, months 1 to 12, days 1 to 31, hours 0 to 23, minutes 0 to 59",
            "correct that row, or name another column with time=/--time",
        ) from error
    pattern = "".join(written for part, written in PARTS.items() if part in parts)
    finished = pattern + (":00" if pattern.endswith("%H") else "")
    return ReadTimes.of(joined.to_series(), TimeStyle("text", finished))


def _whole(rows: Rows, known: NDArray[np.bool_], notes: list[str]) -> Rows:
    """The rows that have a time and a series."""
    lost = int((~known).sum())
    if lost == len(known):
        raise DataError(
            f"None of the {lost:,} rows has both a time and a series.",
            "a time and, where several series are meant, a name in every row",
            "check the columns named with time=/--time and id=/--id",
        )
    if not lost:
        return rows
    notes.append(f"{lost:,} row{'s' if lost > 1 else ''} without a time or series: left out")
    return rows[known]


def _finite(rows: Rows, columns: Columns, notes: list[str]) -> Rows:
    """Infinite values become missing ones."""
    infinite = np.isinf(rows.values)
    count = int(infinite.sum())
    if count:
        notes.append(f"{count:,} infinite value{'s' if count > 1 else ''} taken as missing")
    if not np.isfinite(rows.values).any():
        raise DataError(
            f"The target {columns.target!r} has no finite value in {len(rows.values):,} rows"
            + (f" ({count:,} are infinite)." if count else "."),
            "numbers to learn from",
            "check the file, or name another column with target=/--target",
        )
    return replace(rows, values=np.where(infinite, np.nan, rows.values)) if count else rows


def _sorted(rows: Rows, notes: list[str]) -> Rows:
    """By series, then time."""
    if _in_order(rows):
        return rows
    by_series = rows[np.argsort(rows.owners, kind="stable")]
    same = by_series.owners[1:] == by_series.owners[:-1]
    backwards = int((same & (by_series.times[1:] < by_series.times[:-1])).sum())
    if backwards:
        places = "1 place" if backwards == 1 else f"{backwards:,} places"
        notes.append(f"rows went back in time in {places}: sorted")
    return by_series[np.lexsort((by_series.times, by_series.owners))]


def _in_order(rows: Rows) -> bool:
    """Whether nothing needs to be sorted, which is told much sooner than it is sorted."""
    onward = rows.owners[1:] > rows.owners[:-1]
    later = (rows.owners[1:] == rows.owners[:-1]) & (rows.times[1:] >= rows.times[:-1])
    return bool((onward | later).all())
