"""Prediction intervals from the errors made on the validation part (split conformal)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from recurra.errors import OptionError
from recurra.forecasting.model import Model
from recurra.forecasting.plan import Plan
from recurra.forecasting.preparation import Prepared

Array = NDArray[np.float64]

MOST_ORIGINS = 500
"""Origins a series from which the validation part is forecast, evenly spaced."""


@dataclass(frozen=True)
class Calibration:
    """How far forecasts of the validation part were off.

    Attributes:
        errors: Absolute errors in standard units, by steps ahead, (K, M); NaN where there was no
            truth.
    """

    errors: Array

    def half_width(self, level: float, horizon: int) -> Array:
        """Half the width of intervals that hold the truth ``level`` percent of the time.

        The k-th smallest of M errors with k = ceil((M + 1) level / 100), as split conformal
        prediction takes it (Lei et al. 2018, section 2.2), for each step ahead. Where a step has
        too few errors for the level: that of all steps together, or the step's largest error if
        that is larger, so that a higher level is never narrower. Errors of neighbouring origins
        depend on each other, so the level is approximate.

        Args:
            level: Percent, at least 1 and below 100.
            horizon: At most K.

        Returns:
            In standard units, (horizon,).

        Raises:
            OptionError: If a value is out of range.
        """
        if not _is_percent(level):
            raise OptionError(
                f"level {level!r}",
                "percent, at least 1 and below 100, as 80 or 95",
                "write 80 for a share of 0.8",
            )
        if horizon > len(self.errors):
            raise OptionError(
                f"intervals for {horizon} steps ahead",
                f"at most the {len(self.errors)} steps that the model was judged for",
                f"fit with horizon={horizon}, or leave the level out",
            )
        steps = [row[np.isfinite(row)] for row in self.errors]
        every = np.concatenate(steps)
        if not len(every):
            raise OptionError(
                "intervals of a model without a scored validation part",
                "observed values in the validation part",
                "leave the level out",
            )
        return np.array([_half_width(row, every, level) for row in steps[:horizon]])


def _is_percent(level: object) -> bool:
    return isinstance(level, Real) and 1 <= float(level) < 100


def _half_width(errors: Array, every: Array, level: float) -> float:
    if _rank(errors, level) <= len(errors):
        return _quantile(errors, level)
    return max(_quantile(every, level), float(errors.max(initial=0.0)))


def _quantile(errors: Array, level: float) -> float:
    return float(np.sort(errors)[min(_rank(errors, level), len(errors)) - 1])


def _rank(errors: Array, level: float) -> int:
    return math.ceil((len(errors) + 1) * level / 100)


def calibrate(model: Model, prepared: Sequence[Prepared], plan: Plan) -> Calibration:
    """Forecasts the validation part of every series from every origin in it.

    Series that are constant where they were learned from count only if all are: their errors of 0
    would make the intervals of the others too narrow.
    """
    varied = [one for one in prepared if not one.scale.constant] or prepared
    each = (one.histories(_origins(one), model.reach) for one in varied)
    forecasts = model.forecast_each(each, plan.horizon)
    errors = [_errors(one, forecast) for one, forecast in zip(varied, forecasts, strict=True)]
    return Calibration(np.concatenate(errors, axis=1))


def _origins(one: Prepared) -> NDArray[np.int64]:
    start, count = one.split.train, one.split.validation
    return np.arange(start, start + count)[:: -(-count // MOST_ORIGINS)]


def _errors(one: Prepared, forecast: Array) -> Array:
    """Absolute errors of forecasts (W, K) in standard units, (K, W)."""
    horizon, end = forecast.shape[1], one.split.train + one.split.validation
    # In the single precision that networks answer in; what lies below is rounding.
    scaled = one.scale.scaled(forecast).astype(np.float32).astype(np.float64)
    truth = np.where(one.series.observed, one.scaled.double().numpy(), np.nan)
    truth = np.concatenate([truth[:end], np.full(horizon, np.nan)])
    errors: Array = np.abs(truth[_origins(one)[:, None] + np.arange(horizon)] - scaled).T
    return errors
