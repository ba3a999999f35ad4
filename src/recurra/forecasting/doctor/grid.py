"""All series of a table on their grids, end to end in one array."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.rows import Rows
from recurra.tables.frequency import FIXED, Frequency, Times

Array = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Line:
    """One series from its first to its last value.

    Attributes:
        number: Which of the grid's series it is.
        name: Its name.
        first: Where on the series' grid its values begin.
        values: (N,), NaN where one is missing; the first and the last are not.
    """

    number: int
    name: str
    first: int
    values: Array

    @cached_property
    def filled(self) -> Array:
        """The values, (N,), with straight lines over what is missing."""
        known = np.isfinite(self.values)
        if known.all():
            return self.values
        places = np.arange(len(self.values))
        return np.interp(places, places[known], self.values[known])


@dataclass(frozen=True)
class Grid:
    """S series end to end, M places in all.

    Attributes:
        names: (S,), of the series.
        bounds: (S + 1,), where each begins, and the end.
        flat: (N,), the place of each row, never falling.
        values: (M,), the mean of the rows at each place, NaN where there is none.
        rows_at: (M,), how many rows stand there.
        off: How many rows stood beside their place.
        sparse: (S,), True for a series that fills less than half of its grid, and for every series
            if there is no frequency: its rows stand one after the other, whatever lies between.
        stamp: The time of places (P,) of a series, given its number.
    """

    names: list[str]
    bounds: Places
    flat: Places
    values: Array
    rows_at: Places
    off: int
    sparse: NDArray[np.bool_]
    stamp: Callable[[int, Places], Times]

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def known(self) -> tuple[Places, Places]:
        """Where the values of each series begin and end, (S,) twice; the same where it has none."""
        places = np.flatnonzero(np.isfinite(self.values))
        first = np.searchsorted(places, self.bounds[:-1])
        last = np.searchsorted(places, self.bounds[1:]) - 1
        empty = last < first
        if not len(places):
            return self.bounds[:-1], self.bounds[:-1]
        begin = np.where(empty, self.bounds[:-1], places[np.minimum(first, len(places) - 1)])
        return begin, np.where(empty, begin, places[np.maximum(last, 0)] + 1)

    @cached_property
    def lengths(self) -> Places:
        """(S,), from the first value of each to its last."""
        begin, end = self.known
        return np.asarray(end - begin)

    def line(self, number: int) -> Line:
        """A series from its first value to its last."""
        begin, end = (int(side[number]) for side in self.known)
        first = begin - int(self.bounds[number])
        return Line(number, self.names[number], first, self.values[begin:end])

    def other(self, number: int, column: Array) -> Array:
        """Another column, (rows,), on the places of a series' line, (N,)."""
        begin, end = (int(side[number]) for side in self.known)
        here = slice(*np.searchsorted(self.flat, [begin, end]))
        return mean_at(column[here], self.flat[here] - begin, end - begin)


def mean_at(values: Array, places: Places, length: int) -> Array:
    """The mean of the values at each of so many places, NaN where there is none."""
    seen = np.isfinite(values)
    sums = np.bincount(places[seen], values[seen], minlength=length)
    counts = np.bincount(places[seen], minlength=length)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def build(rows: Rows, names: list[str], frequency: Frequency | None) -> Grid:
    """Puts sorted rows on their grids.

    Args:
        rows: By series, then time.
        names: Of the series, by owner.
        frequency: None to put rows one after the other.
    """
    starts = rows.starts
    ends = np.append(starts[1:], len(rows.owners))
    whose = np.repeat(np.arange(len(starts)), ends - starts)
    ranks = _ranks(rows, starts, whose)
    origins, positions, off = _positions(rows, starts, whose, frequency)
    sparse = _sparse(positions[ends - 1] + 1, ends - starts, frequency)
    positions = np.where(sparse[whose], ranks, positions)
    bounds = np.append(0, np.cumsum(positions[ends - 1] + 1))
    flat = bounds[whose] + positions
    values = mean_at(rows.values, flat, int(bounds[-1]))
    rows_at = np.bincount(flat, minlength=int(bounds[-1]))

    def stamp(number: int, places: Places) -> Times:
        if sparse[number] or frequency is None:
            own = slice(starts[number], ends[number])
            return np.asarray(rows.times[own][np.searchsorted(ranks[own], places)])
        return frequency.times(origins[number], np.asarray(places, np.int64))

    owners = [names[int(rows.owners[start])] for start in starts]
    return Grid(owners, bounds, flat, values, rows_at, off, sparse, stamp)


def _ranks(rows: Rows, starts: Places, whose: Places) -> Places:
    """The number of each row's time among the different times of its series."""
    new = np.ones(len(whose), np.int64)
    new[1:] = rows.times[1:] != rows.times[:-1]
    new[starts] = 0
    counts = np.cumsum(new)
    return np.asarray(counts - counts[starts][whose])


def _positions(
    rows: Rows, starts: Places, whose: Places, frequency: Frequency | None
) -> tuple[Times, Places, int]:
    """Origins (S,), the place of each row (N,) on its grid, and how many stood beside theirs."""
    origins = rows.times[starts]
    if frequency is None:
        return origins, np.zeros(len(whose), np.int64), 0
    if frequency.unit in {*FIXED, "step"}:
        origins = _anchors(rows, starts, whose, frequency)
    positions = frequency.positions(rows.times, origins[whose])
    off = int((frequency.times(origins[whose], positions) != rows.times).sum())
    return origins, positions, off


def _anchors(rows: Rows, starts: Places, whose: Places, frequency: Frequency) -> Times:
    """The grid point of each first time, on the grid on which most of the series' times stand."""
    origins = rows.times[starts]
    places = frequency.positions(rows.times, origins[whose])
    late = rows.times - frequency.times(origins[whose], places)
    middle = (starts + np.append(starts[1:], len(whose))) // 2
    origins = origins + late[np.lexsort((late, whose))][middle]
    return frequency.times(origins, frequency.positions(rows.times[starts], origins))


def _sparse(lengths: Places, counts: Places, frequency: Frequency | None) -> NDArray[np.bool_]:
    if frequency is None:
        return np.ones(len(lengths), bool)
    return np.asarray((lengths > 10) & (lengths > 2 * counts))
