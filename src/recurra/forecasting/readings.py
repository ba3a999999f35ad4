"""Readings at irregular times: when each was taken, and the time that passed before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.tables.frequency import Times

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Readings:
    """When the values of one series were read.

    Attributes:
        times: (N,) datetime64[us] or int64, rising; N at least 1.
        coming: (M,) the times behind them that are known: those to forecast.
        usual: The middle gap between two readings, in microseconds or steps, at least 1: what is
            assumed of the time between readings that nobody has told of.
        first: The place of the first of ``times``: 0 unless they were cut.
    """

    times: Times
    coming: Times
    usual: int
    first: int = 0

    @classmethod
    def of(cls, times: Times, coming: Times) -> Self:
        """Those of a series of at least two readings."""
        gaps = np.diff(times).astype(np.int64)
        return cls(times, coming, max(1, int(np.median(gaps))))

    def last(self, count: int) -> Self:
        """The last so many readings and what is coming; places and the usual gap stay."""
        kept = self.times[-count:].copy()
        return replace(self, times=kept, first=self.first + len(self.times) - len(kept))

    def at(self, places: Whole) -> Times:
        """The times of places, (P,); those that are not known lie a usual gap apart."""
        places, end = places - self.first, len(self._known) - 1
        known = self._known[np.clip(places, 0, end)]
        beyond = np.minimum(places, 0) + np.maximum(places - end, 0)
        shift = beyond * self.usual
        return np.asarray(known + (shift.astype("m8[us]") if known.dtype.kind == "M" else shift))

    def before(self, places: Whole) -> Array:
        """The time that passes before the readings at some places, in microseconds or steps.

        Args:
            places: Of any shape; up to the first reading and behind what is known it is usual.

        Returns:
            Float64 of the same shape, above 0.
        """
        return self._gaps[np.clip(places - self.first, 0, len(self._gaps) - 1)]

    @cached_property
    def _known(self) -> Times:
        return np.concatenate([self.times, self.coming])

    @cached_property
    def _gaps(self) -> Array:
        gaps = np.diff(self._known).astype(np.int64)
        return np.concatenate([[self.usual], gaps, [self.usual]]).astype(np.float64)


@dataclass(frozen=True)
class Elapsed:
    """The time that passes between the readings around W origins.

    Attributes:
        readings: Of the series that they lie in.
        owners: (W,) which of them.
        ends: (W,) how many of its readings lie before each origin.
    """

    readings: tuple[Readings, ...]
    owners: Whole
    ends: Whole

    @classmethod
    def joined(cls, several: Sequence[Elapsed]) -> Self:
        """Several, one after the other."""
        shifts = np.cumsum([0, *(len(one.readings) for one in several)])
        return cls(
            tuple(each for one in several for each in one.readings),
            np.concatenate([one.owners + by for one, by in zip(several, shifts, strict=False)]),
            np.concatenate([one.ends for one in several]),
        )

    def __getitem__(self, rows: slice | Whole | NDArray[np.bool_]) -> Self:
        """Some of the origins."""
        return replace(self, owners=self.owners[rows], ends=self.ends[rows])

    def read(self, lookback: int, horizon: int) -> Array:
        """The time before each of the L readings before an origin and the K after it, (W, L + K).

        In microseconds or steps.
        """
        around = self.ends[:, None] + np.arange(-lookback, horizon)
        gaps = np.empty(around.shape)
        for number in np.unique(self.owners).tolist():
            rows = self.owners == number
            gaps[rows] = self.readings[number].before(around[rows])
        return gaps


@dataclass(frozen=True)
class Read:
    """The readings of one series as a table has them.

    Attributes:
        owner: The number of the series in the table.
        times: (N,) rising, each with a value.
        values: (N,) finite.
        coming: (M,) rising, behind the last of ``times``; rows without a value stand there.
    """

    owner: int
    times: Times
    values: Array
    coming: Times


def split(owners: Whole, times: Times, values: Array) -> Iterator[Read]:
    """The readings of each series.

    Args:
        owners: (M,) the series of each row, never falling; one row a series and time.
        times: (M,) rising in each series.
        values: (M,) NaN where there is none.

    Yields:
        One for each series with a value.
    """
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(owners)], strict=True):
        known = np.isfinite(values[start:end])
        if not known.any():
            continue
        here: Any = times[start:end]
        last = int(np.flatnonzero(known)[-1])
        yield Read(int(owners[start]), here[known], values[start:end][known], here[last + 1 :])
