"""What lies before the origins that forecasts are made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from recurra.forecasting.covariates import Beside
from recurra.forecasting.panel import Series
from recurra.forecasting.readings import Elapsed

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Histories:
    """The ends of W histories, all that a model is shown of them.

    Attributes:
        series: (W,) int64, which of the model's series each row is of.
        values: (W, R) float64, the last R values before each origin, in the unit of the series.
            What was not observed holds the last value observed before it; what lies before the
            series' first point holds its first value.
        seen: (W, R), False where a value was filled or lies before the first point.
        ends: (W,) int64, how many points of the series' grid lie before the origin.
        beside: Where the covariates of the same origins are found; None if none are read.
        elapsed: The time between readings that follow no step; None on a grid.
    """

    series: NDArray[np.int64]
    values: Array
    seen: NDArray[np.bool_]
    ends: NDArray[np.int64]
    beside: Beside | None = None
    elapsed: Elapsed | None = None

    @classmethod
    def before(
        cls, series: Series, number: int, origins: NDArray[np.int64] | Sequence[int], reach: int
    ) -> Self:
        """What lies before some origins in a series: views, if they are evenly spaced.

        Args:
            series: The series, N points long.
            number: Which of the model's series it is.
            origins: How many of its points are known at each, from 0 to N, (W,).
            reach: R, at least 1.
        """
        ends = np.asarray(origins, dtype=np.int64)
        # As many places are put before the series as the earliest origin lacks.
        lacking = max(0, reach - int(ends.min())) if len(ends) else reach
        values, seen = series.values, series.observed
        if lacking:
            values = np.concatenate([np.full(lacking, values[0]), values])
            seen = np.concatenate([np.zeros(lacking, np.bool_), seen])
        rows = _evenly(ends + lacking - reach)
        return cls(
            np.full(len(ends), number, dtype=np.int64),
            sliding_window_view(values, reach)[rows],
            sliding_window_view(seen, reach)[rows],
            ends,
            elapsed=_elapsed(series, ends),
        )

    @classmethod
    def before_each(
        cls,
        series: Sequence[Series],
        numbers: NDArray[np.int64],
        known: NDArray[np.int64],
        reach: int,
    ) -> Iterator[Self]:
        """What lies before each origin in turn, a row a series.

        Args:
            series: S of them.
            numbers: (S,) which of the model's series each is.
            known: (S, W) how many points of each are known at each origin, at least 1.
            reach: R, at least 1.

        Returns:
            W times S rows.
        """
        lacking = max(0, reach - int(known.min()))
        lengths = np.array([lacking + len(one.values) for one in series])
        firsts = np.cumsum(lengths) - lengths + lacking - reach
        unseen = np.zeros(lacking, np.bool_)
        values = np.concatenate(
            [part for one in series for part in (np.full(lacking, one.values[0]), one.values)]
        )
        seen = np.concatenate([part for one in series for part in (unseen, one.observed)])
        for ends in known.T:
            places = (firsts + ends)[:, None] + np.arange(reach)
            yield cls(numbers, values[places], seen[places], ends)

    @classmethod
    def joined(cls, several: Sequence[Histories]) -> Self:
        """Several, at least one and of the same R and covariates, one after the other."""
        beside = [one.beside for one in several if one.beside is not None]
        elapsed = [one.elapsed for one in several if one.elapsed is not None]
        return cls(
            np.concatenate([one.series for one in several]),
            np.concatenate([one.values for one in several]),
            np.concatenate([one.seen for one in several]),
            np.concatenate([one.ends for one in several]),
            Beside.joined(beside) if beside else None,
            Elapsed.joined(elapsed) if elapsed else None,
        )

    @property
    def reach(self) -> int:
        """R, the values in each row."""
        return int(self.values.shape[1])

    def __len__(self) -> int:
        """W, the number of rows."""
        return len(self.series)

    def __getitem__(self, rows: slice | NDArray[np.int64] | NDArray[np.bool_]) -> Self:
        """Some of the rows."""
        return replace(
            self,
            series=self.series[rows],
            values=self.values[rows],
            seen=self.seen[rows],
            ends=self.ends[rows],
            beside=None if self.beside is None else self.beside[rows],
            elapsed=None if self.elapsed is None else self.elapsed[rows],
        )

    def batches(self, most: int) -> Iterator[Self]:
        """The rows in order, at most so many at a time."""
        return (self[first : first + most] for first in range(0, len(self), most))


def _elapsed(series: Series, ends: NDArray[np.int64]) -> Elapsed | None:
    if series.readings is None:
        return None
    return Elapsed((series.readings,), np.zeros(len(ends), np.int64), ends)


def _evenly(places: NDArray[np.int64]) -> slice | NDArray[np.int64]:
    """Places that are evenly spaced as a slice, which copies nothing."""
    steps = np.diff(places)
    if len(steps) and steps[0] > 0 and (steps == steps[0]).all():
        return slice(int(places[0]), int(places[-1]) + 1, int(steps[0]))
    return places
