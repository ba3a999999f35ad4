"""What a forecaster remembers of a series: its end, from which forecasts go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting.changes import Changes
from recurra.forecasting.panel import Series
from recurra.forecasting.plan import LEAST_TRAINING_WINDOWS
from recurra.forecasting.scaling import Scale
from recurra.forecasting.sight import Sight


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


def go_on(series: Series, known: Mapping[str, Tail], sight: Sight) -> Tail:
    """The end of a newer history.

    Args:
        series: The history. If it was not there before, it is brought to its own standard units.
        known: The ends known so far, by series.
        sight: What the network sees.

    Raises:
        DataError: If it is shorter than what the network sees.
    """
    before = known.get(series.id)
    least = sight.reach + (LEAST_TRAINING_WINDOWS if before is None else 0)
    if len(series.values) < least:
        raise DataError(
            f"{len(series.values)} points of the series {series.id!r}",
            f"at least {least}: the model looks back {sight.reach}"
            + (", and the series is new to it" if before is None else ""),
            "give a longer history",
        )
    if before is not None:
        return Tail.of(series, before.scale, before.changes)
    scale = Scale.of(series.values)
    return Tail.of(series, scale, Changes.of(scale.scaled(series.values), sight))
