"""What a forecaster remembers of a series: its end, from which forecasts go on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.changes import Changes
from recurra.forecasting.panel import Series
from recurra.forecasting.scaling import Scale


@dataclass(frozen=True)
class Tail:
    """The end of a series.

    Attributes:
        id: The series.
        origin: The time of its first point, datetime64[us] or int64.
        length: N, its points up to the end.
        values: The last of them, (R,), in the unit of the series.
        scale: The scale that its values are brought to.
        changes: The changes that the network answers with.
    """

    id: str
    origin: np.datetime64 | np.int64
    length: int
    values: NDArray[np.float64]
    scale: Scale
    changes: Changes

    @classmethod
    def of(cls, series: Series, scale: Scale, changes: Changes) -> Tail:
        """The last values of a series, as many as the network sees."""
        values = series.values[-changes.sight.reach :].copy()
        return cls(series.id, series.origin, len(series.values), values, scale, changes)

    def ahead(self, horizon: int) -> NDArray[np.int64]:
        """The grid positions of the next ``horizon`` points."""
        return np.arange(self.length, self.length + horizon)
