"""Forecasts beside what came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.forecasting.backtest.forecasts import Forecasts
from recurra.forecasting.backtest.model import OWN

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """Forecasts beside what came.

    Attributes:
        names: Of the S series.
        truth: (S, W, K), NaN where nothing was observed.
        own: Of the forecaster.
        rivals: Of the baselines, by name, each (S, W, K).
        scale: (S, W), what MASE divides by: the mean absolute error of the seasonal naive forecast,
            one step ahead, over what was known at the origin. Where it is 0, MASE is not defined.
    """

    names: tuple[str, ...]
    truth: Array
    own: Forecasts
    rivals: Mapping[str, Array]
    scale: Array

    @property
    def points(self) -> dict[str, Array]:
        """All forecasts, by the name of the model, each (S, W, K)."""
        return {OWN: self.own.point, **self.rivals}

    def long(self) -> pl.DataFrame:
        """A row a series, window and step ahead, all three as numbers from 0 and 1.

        Columns ``series, window, step, y, scale``, the models, and the ends of the intervals; null
        where there was no truth or no scale.
        """
        series, windows, steps = (np.indices(self.truth.shape)[axis].ravel() for axis in range(3))
        scale = np.broadcast_to(self.scale[:, :, None], self.truth.shape).ravel()
        columns = {**self.points, **self.own.columns}
        table = {
            "series": series,
            "window": windows + 1,
            "step": steps + 1,
            "y": self.truth.ravel(),
            "scale": np.where(scale > 0, scale, np.nan),
            **{name: values.ravel() for name, values in columns.items()},
        }
        return pl.DataFrame(table).with_columns(pl.col("y", "scale").fill_nan(None))
