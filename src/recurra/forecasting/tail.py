"""What a forecaster remembers of a series: its end, from which forecasts go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting.covariates import Around, Beside
from recurra.forecasting.histories import Histories
from recurra.forecasting.panel import Series
from recurra.forecasting.preparation import Prepared
from recurra.forecasting.readings import Elapsed, Readings
from recurra.forecasting.scaling import Scale

FARTHEST = 1e30
"""Standard units from the training mean; networks answer in float32, which ends at 3e38."""


@dataclass(frozen=True)
class Tail:
    """The end of a series.

    Attributes:
        id: The series.
        origin: The time of its first point, datetime64[us] or int64.
        length: N, its points up to the end.
        values: The last of them, (R,), as :class:`Histories` holds them.
        seen: (R,), False where a value was filled or lies before the first point.
        scale: The standard units that its errors are counted in.
        number: Its row in the model.
        skipped: Grid steps from the first point that the model learned from to ``origin``; below 0
            if this history begins earlier. A season that was learned stands by that first point.
        readings: When the last values were read, where times follow no step; else None.
    """

    id: str
    origin: np.datetime64 | np.int64
    length: int
    values: NDArray[np.float64]
    seen: NDArray[np.bool_]
    scale: Scale
    number: int
    skipped: int = 0
    readings: Readings | None = None

    @classmethod
    def of(cls, series: Series, number: int, scale: Scale, reach: int, skipped: int = 0) -> Tail:
        """The last values of a series, as many as the model reads, copied."""
        length = len(series.values)
        before = max(0, reach - length)
        first = length - reach + before
        values = np.concatenate([np.full(before, series.values[0]), series.values[first:]])
        seen = np.concatenate([np.zeros(before, np.bool_), series.observed[first:]])
        readings = None if series.readings is None else series.readings.last(reach)
        return cls(series.id, series.origin, length, values, seen, scale, number, skipped, readings)

    @property
    def anchor(self) -> Any:
        """What its times are told from: its readings, if they follow no step, else its origin."""
        return self.origin if self.readings is None else self.readings

    def ahead(self, horizon: int) -> NDArray[np.int64]:
        """The grid positions of the next ``horizon`` points."""
        return np.arange(self.length, self.length + horizon)


def tails_of(prepared: Sequence[Prepared], reach: int) -> tuple[Tail, ...]:
    """The ends of series, as much of each as a model reads: R values."""
    return tuple(Tail.of(one.series, one.number, one.scale, reach) for one in prepared)


def check_within(tails: Sequence[Tail]) -> None:
    """Raises a DataError if a value is so large that its forecast would be no number."""
    for tail in tails:
        farthest = tail.values[np.abs(tail.scale.scaled(tail.values)).argmax()]
        if abs(tail.scale.scaled(farthest)) > FARTHEST:
            raise DataError(
                f"The series {tail.id!r} has the value {farthest:g}.",
                f"values of the size that the model learned from, about {tail.scale.mean:g}",
                "correct it, or fit a model on these data",
            )


def histories(tails: Sequence[Tail], around: Around | None = None) -> Histories:
    """What lies before the ends, a row each; at least one.

    Args:
        tails: The ends.
        around: The covariates of these series in this order, or None.
    """
    ends = np.array([tail.length for tail in tails], dtype=np.int64)
    return Histories(
        np.array([tail.number for tail in tails], dtype=np.int64),
        np.stack([tail.values for tail in tails]),
        np.stack([tail.seen for tail in tails]),
        ends + np.array([tail.skipped for tail in tails], dtype=np.int64),
        None if around is None else Beside(around, np.arange(len(tails)), ends),
        _elapsed(tails, ends),
    )


def _elapsed(tails: Sequence[Tail], ends: NDArray[np.int64]) -> Elapsed | None:
    readings = tuple(tail.readings for tail in tails if tail.readings is not None)
    return Elapsed(readings, np.arange(len(tails)), ends) if readings else None
