"""Series on regular grids of time, read from a table and repaired where they must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting import columns as column_finder
from recurra.forecasting.columns import Columns, Table
from recurra.forecasting.frequency import FIXED, Frequency, Times, infer_shared
from recurra.forecasting.rows import Rows, read_rows, series_names
from recurra.forecasting.times import TimeStyle

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
        values: Finite, (N,), in its own unit; gaps repeat the value before them,
            since anything else would show a network what came after.
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
            DataError: If one is missing, the table holds several series where the columns are of
                one, or it cannot be used.
        """
        table = column_finder.read_columns(frame)
        column_finder.check_columns(table, columns)
        column_finder.check_one_series(table, columns)
        return cls._build(table, columns, [])

    @classmethod
    def _build(cls, table: Table, columns: Columns, notes: list[str]) -> Self:
        notes = [*notes]
        rows, style = read_rows(table, columns, notes)
        frequency = infer_shared(rows.times, rows.starts)
        notes.append(f"frequency: {frequency.name}")
        series = _on_grid(rows, frequency, series_names(table, columns), notes)
        kept = _long_enough(series, columns, notes)
        _note_constant(kept, notes)
        return cls(tuple(kept), frequency, columns, style, tuple(notes))


def _on_grid(rows: Rows, frequency: Frequency, names: list[str], notes: list[str]) -> list[Series]:
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
        filled = "filled with the value before, and not scored"
        repairs = (
            (self.twice, "time", "that stood more than once: averaged"),
            (self.moved, "time", "beside the grid: moved to the nearest grid point"),
            (self.absent, "missing time", filled),
            (self.empty, "missing value", filled),
            (self.trimmed, "missing value", "before the first or after the last: left out"),
            (self.dead, "series", "without a value: left out"),
        )
        return [f"{_number(count, thing)} {what}" for count, thing, what in repairs if count]


def _one_series(name: str, rows: Rows, frequency: Frequency, counts: _Counts) -> Series | None:
    origin = _anchor(rows.times, frequency)
    positions = frequency.positions(rows.times, origin)
    counts.moved += int((frequency.times(origin, positions) != rows.times).sum())
    length = int(positions[-1]) + 1
    _check_gaps(name, rows, length, frequency)
    rows_at = np.bincount(positions, minlength=length)
    counts.twice += int((rows_at > 1).sum())
    grid = _averaged(rows.values, positions, length)
    known = np.flatnonzero(np.isfinite(grid))
    if not len(known):
        counts.dead += 1
        return None
    first, last = int(known[0]), int(known[-1]) + 1
    counts.trimmed += length - (last - first)
    observed = np.isfinite(grid[first:last])
    counts.absent += int((rows_at[first:last] == 0).sum())
    counts.empty += int(((rows_at[first:last] > 0) & ~observed).sum())
    values = grid[first:last][_last_seen(observed)]
    start = frequency.times(origin, np.array([first]))[0]
    return Series(name, start, values, observed)


def _last_seen(observed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each place the last one up to it that was observed; the first must have been."""
    return np.maximum.accumulate(np.where(observed, np.arange(len(observed)), 0))


def _averaged(values: Array, positions: NDArray[np.int64], length: int) -> Array:
    """The mean of the values at each place of a grid, NaN where there is none."""
    seen = np.isfinite(values)
    sums = np.bincount(positions[seen], values[seen], minlength=length)
    counts = np.bincount(positions[seen], minlength=length)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _anchor(times: Times, frequency: Frequency) -> Any:
    """The grid point of the first time, on the grid on which most of the times stand."""
    if frequency.unit not in {*FIXED, "step"}:
        return times[0]  # Calendar days are clipped at the ends of months: no shift fits them all.
    late = times - frequency.times(times[0], frequency.positions(times, times[0]))
    origin = times[0] + np.sort(late)[len(late) // 2]
    return frequency.times(origin, frequency.positions(times[:1], origin))[0]


def _check_gaps(name: str, rows: Rows, length: int, frequency: Frequency) -> None:
    if length <= 10 or length <= 2 * len(rows.times):
        return
    raise DataError(
        f"The series {name!r} has {len(rows.times):,} times from {rows.times[0]} to "
        f"{rows.times[-1]}: more than half of its grid is missing ({frequency.name}).",
        "times with one step between them, of which some may be missing",
        "bring the rows to one step (a sum or mean by hour, day, month), or name the right "
        "columns with time=/--time and id=/--id",
    )


def _long_enough(series: list[Series], columns: Columns, notes: list[str]) -> list[Series]:
    kept = [one for one in series if len(one.values) >= SHORTEST]
    if not kept:
        longest = max((len(one.values) for one in series), default=0)
        raise DataError(
            f"{columns.target!r} has {longest} points in its longest series.",
            f"at least {SHORTEST} points a series",
            "give a longer history, or check the columns named with time=/--time and id=/--id",
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
