"""The end of a series that moves on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.panel import Series
from recurra.forecasting.tail import Tail

Array = NDArray[np.float64]


@dataclass
class Recent:
    """The last R points of a series, all that is kept of it.

    Attributes:
        id: The series.
        origin: The time of its first point, datetime64[us] or int64.
        length: N, its points up to the newest value.
        values: (R,), as :class:`~recurra.forecasting.histories.Histories` holds them.
        counts: (R,) int64, of how many rows each is the mean; 0 where it was filled or lies before
            the first point.
        skipped: See :class:`~recurra.forecasting.tail.Tail`.
        waiting: Rows without a value since the newest one with a value.
        number: Its row in the model; -1 as long as the model has not taken it up.
        deviation: One standard unit of its errors, in the unit of the series.
        group: That of the series, as far as it matters.
    """

    id: str
    origin: Any
    length: int
    values: Array
    counts: NDArray[np.int64]
    skipped: int = 0
    waiting: int = 0
    number: int = -1
    deviation: float = 0.0
    group: tuple[str, ...] = ()

    @classmethod
    def of(cls, tail: Tail) -> Self:
        """Where a forecaster's series ends."""
        return cls(
            tail.id,
            tail.origin,
            tail.length,
            tail.values.copy(),
            tail.seen.astype(np.int64),
            tail.skipped,
            number=tail.number,
            deviation=tail.scale.deviation,
        )

    @classmethod
    def fresh(
        cls,
        id: str,  # noqa: A002 - the word of the field
        origin: Any,
        size: int,
        group: tuple[str, ...] = (),
    ) -> Self:
        """A series of which nothing has come yet, to hold so many points."""
        return cls(id, origin, 0, np.zeros(size), np.zeros(size, np.int64), group=group)

    @property
    def newest(self) -> int:
        """The place of the newest value on the grid of the series, -1 before there is one."""
        return self.length - 1

    @property
    def next(self) -> int:
        """The place of the row that comes next, where rows have no times."""
        return self.length + self.waiting

    def holds(self, position: int) -> bool:
        """Whether a place on the grid is one of those kept, or yet to come."""
        return position >= max(0, self.length - len(self.values))

    def put(self, position: int, value: float) -> None:
        """Takes a value at a place that it :meth:`holds`, as a table with that row more would be.

        Values of one place are averaged; places that are passed over repeat the value before them.
        """
        if position >= self.length:
            self._move_on(position - self.newest)
        place = position - self.length + len(self.values)
        count = int(self.counts[place])
        self.values[place] += (value - self.values[place]) / (count + 1)
        self.counts[place] = count + 1
        self._fill_from(place)

    def _move_on(self, steps: int) -> None:
        # Before the first point stands its value, which the first value becomes everywhere.
        kept = max(0, len(self.values) - steps)
        self.values[:kept], self.counts[:kept] = (
            part[len(part) - kept :].copy() for part in (self.values, self.counts)
        )
        self.values[kept:], self.counts[kept:] = self.values[-1], 0
        self.length += steps
        self.waiting = 0

    def _fill_from(self, place: int) -> None:
        """Repeats a value up to the next that was seen; the first one backwards as well."""
        seen = np.flatnonzero(self.counts)
        later = seen[seen > place]
        end = int(later[0]) if len(later) else len(self.values)
        self.values[place:end] = self.values[place]
        before_first = max(0, len(self.values) - self.length)
        if place == before_first:
            self.values[:before_first] = self.values[place]

    def series_from(self, origin: Any) -> Series:
        """What is kept, as a series of its own that begins at this time."""
        return Series(self.id, origin, self.values.copy(), self.counts > 0, self.group)

    def cut(self, reach: int, origin: Any, number: int, deviation: float) -> Recent:
        """The same, taken up by a model: as much as it reads, counted from what is kept.

        Args:
            reach: R, at most what is kept.
            origin: The time of the oldest point that is kept.
            number: Its row in the model.
            deviation: See the attribute.
        """
        values, counts = self.values[-reach:].copy(), self.counts[-reach:].copy()
        size = len(self.values)
        return Recent(self.id, origin, size, values, counts, number=number, deviation=deviation)
