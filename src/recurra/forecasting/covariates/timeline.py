"""The times of the grids of all series, each written once where series share them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.tables.frequency import DAY, FIXED, Frequency, Times

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Timeline:
    """Grid times of S series, C in all. 100,000 series of the same days take the room of one.

    Attributes:
        times: (C,) datetime64[us] or int64.
        before: (C,) the grid point before each.
        after: (C,) the grid point after each.
        starts: (S,) where in them each series begins; its points follow one after the other.
    """

    times: Times
    before: Times
    after: Times
    starts: Whole

    @classmethod
    def of(cls, frequency: Frequency, origins: Times, lengths: Whole) -> Self:
        """The timeline of series.

        Args:
            frequency: Of all.
            origins: (S,) the time of the first point of each.
            lengths: (S,) how many points each has.
        """
        grids, places = _on_common_grids(frequency, origins)
        order = np.lexsort((places, grids))
        grid, first, end = grids[order], places[order], (places + lengths)[order]
        fresh = _fresh(grid, first, end)
        stretch = np.cumsum(fresh) - 1
        heads = np.flatnonzero(fresh)
        sizes = np.maximum.reduceat(end, heads) - first[heads]
        begins = np.cumsum(sizes) - sizes
        starts = np.empty(len(origins), np.int64)
        starts[order] = begins[stretch] + first - first[heads][stretch]
        from_head = np.arange(int(sizes.sum())) - np.repeat(begins, sizes)
        head_times = np.repeat(origins[order[heads]], sizes)
        times, before, after = (
            frequency.times(head_times, from_head + shift) for shift in (0, -1, 1)
        )
        return cls(times, before, after, starts)


def _fresh(grid: Whole, first: Whole, end: Whole) -> NDArray[np.bool_]:
    """Where a stretch begins that overlaps with nothing before it; sorted by grid and first."""
    heads = np.flatnonzero(np.diff(grid, prepend=-1))
    counts = np.diff(heads, append=len(grid))
    # Each grid is moved behind the one before, so that one running maximum serves for all.
    widths = np.maximum.reduceat(end, heads) - first[heads] + 1
    shift = np.repeat(np.cumsum(widths) - widths - first[heads], counts)
    reached = np.maximum.accumulate(end + shift)
    return np.concatenate([[True], (first + shift)[1:] > reached[:-1]])


def _on_common_grids(frequency: Frequency, origins: Times) -> tuple[Whole, Whole]:
    """The number of the grid on which each series lies, and its place there, (S,) each."""
    count, unit = frequency.count, frequency.unit
    if unit == "step":
        phases, places = origins.astype(np.int64) % count, origins.astype(np.int64) // count
    elif unit in FIXED:
        size, since = count * FIXED[unit], origins.astype("M8[us]").astype(np.int64)
        phases, places = since % size, since // size
    else:
        phases, places = _by_calendar(origins.astype("M8[us]"), count, unit)
    grids: Any = np.unique(phases, return_inverse=True)[1]
    return grids.astype(np.int64), places


def _by_calendar(origins: Times, count: int, unit: str) -> tuple[Whole, Whole]:
    days = origins.astype("M8[D]")
    clock = (origins - days).astype(np.int64)
    if unit == "business day":
        number = np.busday_count("1970-01-01", days).astype(np.int64)
        return number % count * DAY + clock, number // count
    months = origins.astype("M8[M]")
    number = months.astype(np.int64)
    # A series from 31 January on and one from 28 February on are at odds in March.
    day = (days - months.astype("M8[D]")).astype(np.int64) if unit == "month" else 0
    return (number % count * 32 + day) * DAY + clock, number // count
