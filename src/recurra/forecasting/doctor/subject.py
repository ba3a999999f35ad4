"""What is looked at: a table as read, its series on their grids, and the seasons in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from recurra.errors import DataError
from recurra.forecasting import columns as column_finder
from recurra.forecasting.columns import Columns, Table
from recurra.forecasting.doctor import grid as grids
from recurra.forecasting.doctor.finding import Place
from recurra.forecasting.doctor.grid import Array, Grid, Line, Places
from recurra.forecasting.doctor.seasons import Season, find_seasons
from recurra.forecasting.rows import Rows, read_rows, series_names
from recurra.tables.frequency import Frequency, infer_shared
from recurra.tables.times import TimeStyle
from recurra.tables.values import numbers

MOST_SERIES = 200
"""Series that the slow checks look at, evenly spaced in the table."""

MOST_POINTS = 500_000
"""Points that the slow checks look at, of all series together."""

MOST_SEASONAL = 24
"""Series in which seasons are looked for."""

LARGEST = 1e150
"""The square of a larger value is beyond what a computer's numbers hold."""

SHORTEST = 3
"""Points below which a series tells nothing."""


@dataclass(frozen=True)
class Subject:
    """A table on its way through the checks.

    Attributes:
        table: Its columns by name.
        columns: Those that count.
        named: Those of id, time and target that the user named.
        rows: Sorted by series and time, NaN where the target is missing or beyond ``LARGEST``.
        frequency: None if the times follow no regular step.
        irregular: Why there is no frequency; None if there is one.
        style: How times are written.
        notes: What was guessed and repaired in reading.
        horizon: How far ahead the user wants to forecast; None is for us to choose.
    """

    table: Table
    columns: Columns
    named: frozenset[str]
    rows: Rows
    frequency: Frequency | None
    irregular: DataError | None
    style: TimeStyle
    notes: tuple[str, ...]
    horizon: int | None

    @cached_property
    def grid(self) -> Grid:
        """All series on their grids."""
        return grids.build(self.rows, series_names(self.table, self.columns), self.frequency)

    @cached_property
    def sampled(self) -> tuple[Line, ...]:
        """The series that the slow checks look at; of long ones the end."""
        usable = np.flatnonzero(self.grid.lengths >= SHORTEST)
        chosen = usable[_evenly(len(usable), MOST_SERIES)]
        most = max(MOST_POINTS // max(len(chosen), 1), SHORTEST)
        return tuple(_end(self.grid.line(int(number)), most) for number in chosen)

    @property
    def sample_note(self) -> str:
        """What the slow checks left out; "" if nothing."""
        usable = int((self.grid.lengths >= SHORTEST).sum())
        seen = sum(len(line.values) for line in self.sampled)
        whole = int(self.grid.lengths[[line.number for line in self.sampled]].sum())
        parts = []
        if len(self.sampled) < usable:
            parts.append(f"at {len(self.sampled):,} of {usable:,} series")
        if seen < whole:
            parts.append(f"at the last {seen // len(self.sampled):,} points of long series")
        return " and ".join(parts)

    @cached_property
    def seasons_by_line(self) -> tuple[tuple[Season, ...], ...]:
        """The seasons of each of the lines that are searched for them."""
        frequency = self.frequency or Frequency(1, "step")
        return tuple(tuple(find_seasons(line.filled, frequency)) for line in self.searched)

    @cached_property
    def searched(self) -> tuple[Line, ...]:
        """The lines that are searched for seasons: the longest of the sampled ones."""
        longest = sorted(self.sampled, key=lambda line: -len(line.values))
        return tuple(longest[:MOST_SEASONAL])

    @cached_property
    def seasons(self) -> tuple[Season, ...]:
        """Those that most of the searched series have, the shortest first, by their median."""
        found: dict[int, list[Season]] = {}
        for seasons in self.seasons_by_line:
            for season in seasons:
                found.setdefault(season.length, []).append(season)
        common = {n: same for n, same in found.items() if 2 * len(same) >= len(self.searched)}
        return tuple(Season.median(same) for _, same in sorted(common.items()))

    @property
    def season(self) -> int:
        """The strongest season in steps, 1 if there is none."""
        best = max(self.seasons, key=lambda season: season.strength, default=None)
        return 1 if best is None else best.length

    def place(self, line: Line, position: int, size: float | None = None) -> Place:
        """A point of a line, named as the table names it."""
        time = self.time(line.number, line.first + int(position))
        return Place(line.name, time, None if size is None else float(size))

    def time(self, number: int, position: int) -> str:
        """The time at a place of a series' grid, as the table writes it."""
        stamps = self.grid.stamp(number, np.array([position]))
        return str(self.style.render(stamps)[0])

    def other(self, name: str) -> Array:
        """A column of numbers, (N,) in the order of ``rows``, NaN where it is missing or infinite.

        Raises:
            DataError: A cell is no number.
        """
        values, _ = numbers(self.table[name])
        return _within_reach(values)[self.rows.places]


def read(
    frame: Any,
    *,
    id: str | None,  # noqa: A002
    time: str | None,
    target: str | None,
    horizon: int | None,
) -> Subject:
    """Reads a table, finding the columns that are not named.

    Raises:
        DataError: If the table cannot be read as series at all.
    """
    table = column_finder.read_columns(frame)
    columns, notes = column_finder.infer(table, id=id, time=time, target=target)
    named = {"id": id, "time": time, "target": target}
    rows, style = read_rows(table, columns, notes)
    rows = replace(rows, values=_within_reach(rows.values))
    _check_some(rows, columns)
    return Subject(
        table,
        columns,
        frozenset(role for role, name in named.items() if name is not None),
        rows,
        *_frequency(rows),
        style,
        tuple(notes),
        horizon,
    )


def _within_reach(values: Array) -> Array:
    """NaN in place of what is missing, infinite, or too large to compute with."""
    return np.where(np.abs(values) <= LARGEST, values, np.nan)


def _check_some(rows: Rows, columns: Columns) -> None:
    if not np.isfinite(rows.values).any():
        raise DataError(
            f"All values of the target {columns.target!r} are beyond {LARGEST:g}.",
            "numbers that can be squared",
            "give them in a larger unit",
        )


def _frequency(rows: Rows) -> tuple[Frequency | None, DataError | None]:
    try:
        return infer_shared(rows.times, rows.starts), None
    except DataError as error:
        return None, error


def _evenly(count: int, most: int) -> Places:
    """Which of so many to take, at most so many, evenly spaced."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))


def _end(line: Line, most: int) -> Line:
    left_out = max(0, len(line.values) - most)
    return Line(line.number, line.name, line.first + left_out, line.values[left_out:])
