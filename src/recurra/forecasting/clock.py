"""The times of a forecaster's series: which columns, what frequency, and how they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting.columns import Columns
from recurra.forecasting.panel import Panel
from recurra.forecasting.readings import Readings
from recurra.tables.frequency import Frequency, Times
from recurra.tables.times import TimeStyle
from recurra.tables.zones import Zone


@dataclass(frozen=True)
class Clock:
    """Reads the columns and writes the times of a model's series.

    Attributes:
        columns: Those that count.
        frequency: Of all series.
        style: How times are written.
        zone: In which time zone.
    """

    columns: Columns
    frequency: Frequency
    style: TimeStyle
    zone: Zone = field(default_factory=Zone)

    @classmethod
    def of(cls, panel: Panel) -> Self:
        """The clock of a panel."""
        return cls(panel.columns, panel.frequency, panel.style, panel.zone)

    def times(self, origin: Any, positions: NDArray[np.int64]) -> Times:
        """The times at these places of a series, (P,).

        Args:
            origin: The time of its first point; or its readings, if they follow no step.
            positions: (P,), 0 the first point.
        """
        if isinstance(origin, Readings):
            return origin.at(positions)
        return self.frequency.times(origin, positions)

    def render(self, origin: Any, positions: NDArray[np.int64]) -> pl.Series:
        """The same, written as the user wrote them."""
        return self.style.render(self.times(origin, positions))

    def render_all(self, series: Sequence[tuple[Any, NDArray[np.int64]]]) -> pl.Series:
        """The same for several series, at least one, one after the other."""
        if self.frequency.irregular:
            return self.style.render(np.concatenate([self.times(*one) for one in series]))
        counts = [len(positions) for _, positions in series]
        origins = np.repeat(np.array([origin for origin, _ in series]), counts)
        return self.render(origins, np.concatenate([positions for _, positions in series]))

    def steps_between(self, first: Any, later: Any) -> int:
        """Steps of the grid from one time to another, below 0 if that is earlier.

        0 for readings, which are counted from any of them.
        """
        if self.frequency.irregular:
            return 0
        return int(self.frequency.positions(np.array([later]), first)[0])

    def check(self, panel: Panel) -> None:
        """Raises a DataError if the panel has another frequency."""
        if panel.frequency != self.frequency:
            raise DataError(
                f"The data have the frequency {panel.frequency.name!r}.",
                f"{self.frequency.name!r}, the frequency of the data that the model learned from",
                "fit a model on these data",
            )
