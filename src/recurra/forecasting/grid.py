"""The rows of all series on their grids of time, end to end in one array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting.rows import Rows
from recurra.tables.frequency import FIXED, Frequency, Times, sparse

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Grid:
    """The grids of G series end to end, N points together; values that share a point averaged.

    Attributes:
        owners: (G,) the number of each series in the table.
        origins: (G,) the time of its first point.
        starts: (G + 1,) where each begins in the arrays of N, and where the last ends.
        steps: (M,) of every row, counted from the first point of its series.
        moved: How many rows stood beside their grid point.
        rows_at: (N,) how many rows stand there.
        values: (N,) NaN where there is none.
    """

    owners: Whole
    origins: Times
    starts: Whole
    steps: Whole
    moved: int
    rows_at: Whole
    values: Array

    @classmethod
    def of(cls, rows: Rows, frequency: Frequency, names: list[str]) -> Self:
        """Brings rows, sorted by series and time, onto their grids.

        Args:
            rows: M of them.
            frequency: Of all series.
            names: Of the series, by their numbers.

        Raises:
            DataError: If more than half of a grid is missing.
        """
        firsts = rows.starts
        counts = np.diff(firsts, append=len(rows.owners))
        origins, steps, late = _placed(rows.times, rows.times[firsts], counts, frequency)
        if late.any() and frequency.unit in {*FIXED, "step"}:
            # Calendar days are clipped at the ends of months: no shift fits them all.
            origins = _anchors(origins, late, firsts, counts, frequency)
            origins, steps, late = _placed(rows.times, origins, counts, frequency)
        moved = int(np.count_nonzero(late))
        lengths = steps[firsts + counts - 1] + 1
        _check_gaps(rows, lengths, frequency, names)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        cells = np.repeat(starts[:-1], counts) + steps
        rows_at = np.bincount(cells, minlength=starts[-1])
        values = averaged(rows.values, cells, int(starts[-1]))
        return cls(rows.owners[firsts], origins, starts, steps, moved, rows_at, values)

    def known(self) -> tuple[Whole, Whole, Whole]:
        """The series that have a value: their places in ``owners``, and where they begin and end.

        Returns:
            Three of (A,): the place of each, that of its first value in ``values``, and the place
            behind its last.
        """
        seen = np.flatnonzero(np.isfinite(self.values))
        before = np.searchsorted(seen, self.starts)
        alive = np.flatnonzero(before[1:] > before[:-1])
        return alive, seen[before[alive]], seen[before[alive + 1] - 1] + 1


def averaged(values: Array, cells: Whole, size: int) -> Array:
    """The mean of the values in each of ``size`` cells, (size,), NaN where there is none.

    Args:
        values: (M,), NaN where missing.
        cells: (M,), the cell of each, from 0, never falling.
        size: How many cells there are.
    """
    if (cells[1:] > cells[:-1]).all():
        alone = np.full(size, np.nan)
        alone[cells] = values
        return alone
    seen = np.isfinite(values)
    if not seen.all():
        values, cells = values[seen], cells[seen]
    sums = np.bincount(cells, values, minlength=size)
    counts = np.bincount(cells, minlength=size)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def last_seen(seen: NDArray[np.bool_]) -> Whole:
    """For each place the last one up to it that was seen, (N,); 0 before the first."""
    return np.maximum.accumulate(np.where(seen, np.arange(len(seen)), 0))


def _placed(
    times: Times, origins: Times, counts: Whole, frequency: Frequency
) -> tuple[Times, Whole, Whole]:
    """The origins, each row's place on the grid from there, and how far it stands beside it."""
    of_rows = np.repeat(origins, counts)
    steps = frequency.positions(times, of_rows)
    return origins, steps, (times - frequency.times(of_rows, steps)).astype(np.int64)


def _anchors(
    begin: Times, late: Whole, firsts: Whole, counts: Whole, frequency: Frequency
) -> Times:
    """For each series the grid point of its first time, on the grid on which most of them stand."""
    order = np.lexsort((late, np.repeat(np.arange(len(counts)), counts)))
    origins: Any = begin + late[order[firsts + counts // 2]]
    return frequency.times(origins, frequency.positions(begin, origins))


def _check_gaps(rows: Rows, lengths: Whole, frequency: Frequency, names: list[str]) -> None:
    firsts = rows.starts
    counts = np.diff(firsts, append=len(rows.owners))
    bad = sparse(lengths, counts)
    if not len(bad):
        return
    start, count = int(firsts[bad[0]]), int(counts[bad[0]])
    raise DataError(
        f"The series {names[int(rows.owners[start])]!r} has {count:,} times from "
        f"{rows.times[start]} to {rows.times[start + count - 1]}: more than half of its grid is "
        f"missing ({frequency.name}).",
        "times with one step between them, of which some may be missing",
        "bring the rows to one step (a sum or mean by hour, day, month), or name the right "
        "columns with time=/--time and id=/--id",
    )
