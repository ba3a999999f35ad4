"""Series on regular grids of time, read from a table and repaired where they must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting import columns as column_finder
from recurra.forecasting.columns import Columns, Table
from recurra.forecasting.frequency import Frequency, Times, infer_shared
from recurra.forecasting.times import ReadTimes, TimeStyle, read_times
from recurra.forecasting.values import numbers

Array = NDArray[np.float64]

SHORTEST = 3
"""A series of fewer points tells nothing."""

NAMED = 3
"""Series that a note names one by one; of more it gives the number."""


@dataclass(frozen=True)
class Series:
    """One series on its grid.

    Attributes:
        id: Its name.
        origin: The time of its first point, datetime64[us] or int64.
        values: Finite, (N,), in its own unit; gaps are filled by straight lines.
        observed: (N,), False where a value was filled.
    """

    id: str
    origin: Any
    values: Array
    observed: NDArray[np.bool_]


@dataclass(frozen=True)
class Panel:
    """Series of one frequency.

    Attributes:
        series: In the order in which the table names them.
        frequency: Of all.
        columns: Where they were read from.
        style: How their times were written.
        notes: What was inferred and repaired, a sentence each.
    """

    series: tuple[Series, ...]
    frequency: Frequency
    columns: Columns
    style: TimeStyle
    notes: tuple[str, ...]

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        id: str | None = None,  # noqa: A002
        time: str | None = None,
        target: str | None = None,
    ) -> Self:
        """Reads a table, finding the columns that are not named.

        Args:
            frame: Of pandas, polars, pyarrow or anything that narwhals takes, a row a series and
                time, in any order.
            id: The column that names the series.
            time: The column of times; ``""`` to take the rows in their order.
            target: The column to forecast.

        Raises:
            DataError: If the table cannot be used.
        """
        table = column_finder.read_columns(frame)
        columns, notes = column_finder.infer(table, id=id, time=time, target=target)
        return cls._build(table, columns, notes)

    @classmethod
    def from_columns(cls, frame: Any, columns: Columns) -> Self:
        """Reads a table whose columns are known.

        Raises:
            DataError: If one is missing, or the table cannot be used.
        """
        table = column_finder.read_columns(frame)
        column_finder.check_columns(table, columns)
        return cls._build(table, columns, [])

    @classmethod
    def _build(cls, table: Table, columns: Columns, notes: list[str]) -> Self:
        values, number_notes = numbers(table[columns.target])
        read = _times(table, columns)
        names, owners = _owners(table, columns)
        notes = [*notes, *number_notes, *read.notes]
        rows = _usable(_Rows(owners, read.times, values), notes)
        rows = _sorted(rows, notes)
        frequency = infer_shared(rows.times, rows.starts)
        notes.append(f"frequency: {frequency.name}")
        series = _on_grid(rows, frequency, names, notes)
        kept = _long_enough(series, columns, notes)
        _note_constant(kept, notes)
        return cls(tuple(kept), frequency, columns, read.style, tuple(notes))


@dataclass(frozen=True)
class _Rows:
    """The rows of a table: whose they are, when and what; all (N,)."""

    owners: NDArray[np.int64]
    times: Times
    values: Array

    def __getitem__(self, rows: Any) -> _Rows:
        return _Rows(self.owners[rows], self.times[rows], self.values[rows])

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each series begins, in sorted rows."""
        return np.flatnonzero(np.diff(self.owners, prepend=-1))


def _times(table: Table, columns: Columns) -> ReadTimes:
    count = len(table[columns.target])
    if len(columns.time) == 1:
        return read_times(table[columns.time[0]])
    if columns.time:
        return ReadTimes(_joined(table, columns.time), TimeStyle("text", "%Y-%m-%d %H:%M:%S"))
    if columns.id is None:
        return ReadTimes(np.arange(count), TimeStyle("row"))
    order = pl.DataFrame({"id": table[columns.id]}).select(pl.int_range(pl.len()).over("id"))
    return ReadTimes(order.to_series().to_numpy().astype(np.int64), TimeStyle("row"))


def _joined(table: Table, names: tuple[str, ...]) -> Times:
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
            f"columns {', '.join(names)} that do not make times ({error})",
            "years, months 1 to 12, days 1 to 31, hours 0 to 23",
            "name another column with time=/--time",
        ) from error
    return joined.to_series().to_numpy().astype("datetime64[us]")


def _owners(table: Table, columns: Columns) -> tuple[list[str], NDArray[np.int64]]:
    """The name of each series, and the number of the series of each row, -1 for none."""
    if columns.id is None:
        return [columns.target], np.zeros(len(table[columns.target]), np.int64)
    text = table[columns.id].cast(pl.String)
    names = text.drop_nulls().unique(maintain_order=True)
    number = pl.DataFrame({"id": names, "number": np.arange(len(names))})
    joined = pl.DataFrame({"id": text}).join(number, on="id", how="left", maintain_order="left")
    return names.to_list(), joined["number"].fill_null(-1).to_numpy().astype(np.int64)


def _usable(rows: _Rows, notes: list[str]) -> _Rows:
    """Without rows that have no series or time; infinite values become missing ones."""
    timeless = np.isnat(rows.times) if rows.times.dtype.kind == "M" else np.zeros(len(rows.times))
    lost = (rows.owners < 0) | (timeless > 0)
    if lost.any():
        notes.append(f"{_number(lost.sum(), 'row')} without a time or series: left out")
    infinite = np.isinf(rows.values)
    if infinite.any():
        notes.append(f"{_number(infinite.sum(), 'infinite value')} taken as missing")
    kept = _Rows(rows.owners, rows.times, np.where(infinite, np.nan, rows.values))[~lost]
    if not np.isfinite(kept.values).any():
        raise DataError(
            "a target without a single finite value"
            + (f" ({infinite.sum():,} are infinite)" if infinite.any() else ""),
            "numbers to learn from",
            "check the file, or name another column with target=/--target",
        )
    return kept


def _sorted(rows: _Rows, notes: list[str]) -> _Rows:
    """By series, then time."""
    order = np.lexsort((rows.times, rows.owners))
    ordered = rows[order]
    same = rows.owners[1:] == rows.owners[:-1]
    backwards = int((same & (rows.times[1:] < rows.times[:-1])).sum())
    if backwards:
        notes.append(f"rows went back in time in {_number(backwards, 'place')}: sorted")
    return ordered


def _on_grid(rows: _Rows, frequency: Frequency, names: list[str], notes: list[str]) -> list[Series]:
    """Every series on its grid, duplicates averaged and gaps filled."""
    counts = _Counts()
    ends = [*rows.starts[1:], len(rows.owners)]
    series = []
    for start, end in zip(rows.starts, ends, strict=True):
        name = names[int(rows.owners[start])]
        one = _one_series(name, rows[slice(start, end)], frequency, counts)
        if one is not None:
            series.append(one)
    notes += counts.notes()
    return series


@dataclass
class _Counts:
    """What was repaired in all series together."""

    twice: int = 0
    moved: int = 0
    absent: int = 0
    empty: int = 0
    trimmed: int = 0
    dead: int = 0

    def notes(self) -> list[str]:
        """A sentence for each repair that was needed."""
        filled = "filled by straight lines between neighbours, and not scored"
        repairs = (
            (self.twice, "time", "that stood more than once: averaged"),
            (self.moved, "time", "beside the grid: moved to the nearest grid point"),
            (self.absent, "missing time", filled),
            (self.empty, "missing value", filled),
            (self.trimmed, "missing value", "before the first or after the last: left out"),
            (self.dead, "series", "without a value: left out"),
        )
        return [f"{_number(count, thing)} {what}" for count, thing, what in repairs if count]


def _one_series(name: str, rows: _Rows, frequency: Frequency, counts: _Counts) -> Series | None:
    origin = rows.times[0]
    positions = frequency.positions(rows.times, origin)
    counts.moved += int((frequency.times(origin, positions) != rows.times).sum())
    length = int(positions[-1]) + 1
    _check_gaps(name, rows, length, frequency)
    places, owners = np.unique(positions, return_inverse=True)
    counts.twice += int((np.bincount(owners) > 1).sum())
    seen = np.isfinite(rows.values)
    sums = np.bincount(owners, np.where(seen, rows.values, 0.0))
    weights = np.bincount(owners, seen)
    grid = np.full(length, np.nan)
    grid[places] = np.where(weights > 0, sums / np.maximum(weights, 1), np.nan)
    known = np.flatnonzero(np.isfinite(grid))
    if not len(known):
        counts.dead += 1
        return None
    first, last = int(known[0]), int(known[-1]) + 1
    counts.trimmed += length - (last - first)
    present = np.isin(np.arange(first, last), places)
    observed = np.isfinite(grid[first:last])
    counts.absent += int((~present).sum())
    counts.empty += int((present & ~observed).sum())
    values = np.interp(np.arange(first, last), known, grid[known])
    start = frequency.times(origin, np.array([first]))[0]
    return Series(name, start, values, observed)


def _check_gaps(name: str, rows: _Rows, length: int, frequency: Frequency) -> None:
    if length <= 10 or length <= 2 * len(rows.times):
        return
    raise DataError(
        f"{len(rows.times):,} times of the series {name!r}, from {rows.times[0]} to "
        f"{rows.times[-1]}: more than half of its {frequency.name} grid is missing",
        "times with one step between them, of which some may be missing",
        "bring the rows to one step (a sum or mean by hour, day, month), or name the right "
        "columns with time=/--time and id=/--id",
    )


def _long_enough(series: list[Series], columns: Columns, notes: list[str]) -> list[Series]:
    kept = [one for one in series if len(one.values) >= SHORTEST]
    if not kept:
        raise DataError(
            f"{sum(len(one.values) for one in series)} values of {columns.target}",
            f"at least {SHORTEST} a series",
            "give a longer history",
        )
    short = len(series) - len(kept)
    if short:
        notes.append(f"{_number(short, 'series')} of fewer than {SHORTEST} points: left out")
    return kept


def _note_constant(series: list[Series], notes: list[str]) -> None:
    constant = [one for one in series if one.values.min() == one.values.max()]
    notes += [
        f"the series {one.id} is constant ({one.values[0]:g}) and is forecast as such"
        for one in constant[:NAMED]
    ]
    if len(constant) > NAMED:
        notes.append(f"{len(constant) - NAMED} more series are constant and forecast as such")


def _number(count: Any, thing: str) -> str:
    """A count with its noun: "1 row", "3 rows"."""
    plural = thing if count == 1 or thing == "series" else f"{thing}s"
    return f"{int(count):,} {plural}"
