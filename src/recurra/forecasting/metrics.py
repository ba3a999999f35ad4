"""How far forecasts were off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """Errors of forecasts; smaller is better. None where a metric is not defined.

    Attributes:
        mse: Mean squared error, in the square of the series' unit.
        rmse: Its root, in the unit of the series.
        mae: Mean absolute error, in the unit of the series.
        smape: Symmetric mean absolute percentage error, 0 to 200 percent (Makridakis 1993, as the
            M4 competition computes it); a point where truth and forecast are both 0 counts as 0.
        mase: Mean absolute scaled error: the mean absolute error divided by that which the
            seasonal naive forecast makes one step ahead on the training part (Hyndman & Koehler
            2006). Not defined where the latter is 0.
    """

    mse: float | None
    rmse: float | None
    mae: float | None
    smape: float | None
    mase: float | None

    @classmethod
    def of(cls, truth: Array, forecast: Array, scale: float) -> Scores:
        """The scores of some forecasts of one series.

        Args:
            truth: Any shape; NaN where nothing was observed, which is then left out.
            forecast: The same shape.
            scale: What MASE divides by, see :func:`mase_scale`.
        """
        seen = np.isfinite(truth)
        if not seen.any():
            return cls(None, None, None, None, None)
        truth, forecast = truth[seen], forecast[seen]
        error = np.abs(truth - forecast)
        size = np.abs(truth) + np.abs(forecast)
        mse, mae = float(np.mean(error**2)), float(np.mean(error))
        smape = float(200 * np.mean(error / np.where(size > 0, size, 1.0)))
        return cls(mse, math.sqrt(mse), mae, smape, mae / scale if scale > 0 else None)

    @classmethod
    def mean(cls, scores: Sequence[Scores]) -> Scores:
        """The mean over series, each metric over the series for which it is defined."""
        columns = ([getattr(score, one.name) for score in scores] for one in fields(cls))
        kept = ([value for value in column if value is not None] for column in columns)
        return cls(*(float(np.mean(column)) if column else None for column in kept))


def mase_scale(train: Array, season: int) -> float:
    """The mean absolute error of the seasonal naive forecast on the training part itself.

    Args:
        train: (N,).
        season: m; if the part is no longer than that, 1 is used.
    """
    lag = season if len(train) > season else 1
    steps = np.abs(train[lag:] - train[:-lag])
    return float(steps.mean()) if len(steps) else 0.0
