"""The forecast that follows a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Following:
    """The forecast that follows the newest value of a series.

    Attributes:
        unique_id: The series.
        cutoff: The time of that value, written as the times that were fitted.
        ds: The K times that are forecast, likewise.
        values: The forecast, (K,), in the unit of the series.
        intervals: The bounds of intervals, (K,) each, named as in
            :meth:`~recurra.forecasting.Forecaster.predict`: ``recurra-lo-80``.
    """

    unique_id: str
    cutoff: Any
    ds: Sequence[Any]
    values: Array
    intervals: Mapping[str, Array]

    def to_json(self) -> dict[str, Any]:
        """Plain data: a list of K for times, forecast and each bound."""
        return {
            "unique_id": self.unique_id,
            "cutoff": _plain(self.cutoff),
            "ds": [_plain(time) for time in self.ds],
            "recurra": self.values.tolist(),
            **{name: bound.tolist() for name, bound in self.intervals.items()},
        }


def _plain(time: Any) -> Any:
    return time.isoformat() if isinstance(time, date) else time


def as_table(several: Sequence[Following]) -> pl.DataFrame:
    """Forecasts, at least one, as a long frame: ``unique_id, ds, cutoff, recurra`` and bounds.

    A row a forecast and step; the columns are those of a backtest but for the truth.
    """
    steps = len(several[0].ds)
    return pl.DataFrame(
        {
            "unique_id": [one.unique_id for one in several for _ in range(steps)],
            "ds": [time for one in several for time in one.ds],
            "cutoff": [one.cutoff for one in several for _ in range(steps)],
            "recurra": np.concatenate([one.values for one in several]),
            **{
                name: np.concatenate([one.intervals[name] for one in several])
                for name in several[0].intervals
            },
        }
    )
