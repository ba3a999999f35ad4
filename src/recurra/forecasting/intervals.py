"""Prediction intervals from the errors made on the validation part (split conformal)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recurra.errors import OptionError
from recurra.forecasting.model import Model
from recurra.forecasting.plan import Plan
from recurra.forecasting.preparation import Prepared
from recurra.forecasting.uncertainty.held_out import truth_of, varied
from recurra.forecasting.uncertainty.marginals import GRID, MIDDLE, Marginals
from recurra.forecasting.uncertainty.paths import Ranks, late_windows, ranks_of
from recurra.forecasting.uncertainty.spread import check_percent, check_share, check_steps

Array = NDArray[np.float64]

MOST_ORIGINS = 500
"""Origins a series from which the validation part is forecast, evenly spaced."""


@dataclass(frozen=True)
class Calibration:
    """How far forecasts of the validation part were off.

    Attributes:
        errors: Absolute errors in standard units, by steps ahead, (K, M); NaN where there was no
            truth.
        ranks: How the errors of the steps go together; without windows in a file from before there
            were sample paths.
    """

    errors: Array
    ranks: Ranks = field(default_factory=lambda: Ranks(np.empty((0, 0))))
    _found: dict[float, Array] = field(default_factory=dict, repr=False, compare=False)
    """Half widths by level, since a stream asks for the same again and again."""

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
        check_percent(level)
        return self._half_width(level, horizon)

    def spread(self, forecast: Array, deviations: Array) -> PointSpread:
        """How far forecasts may be off.

        Args:
            forecast: (W, K').
            deviations: The standard units of their series, (W,).

        Raises:
            OptionError: If K' is more than K.
        """
        check_steps(forecast.shape[1], len(self.errors))
        return PointSpread(self, forecast, deviations)

    def check(self, steps: int) -> None:
        """Raises an OptionError if nothing is known of so many steps."""
        self._half_width(1, steps)

    def _half_width(self, level: float, horizon: int) -> Array:
        check_steps(horizon, len(self.errors))
        if level not in self._found:
            self._found[level] = self._half_widths(level)
        return self._found[level][:horizon]

    def _half_widths(self, level: float) -> Array:
        """Of all K steps, (K,)."""
        steps = [row[np.isfinite(row)] for row in self.errors]
        every = np.concatenate(steps)
        if not len(every):
            raise OptionError(
                "intervals of a model without a scored validation part",
                "observed values in the validation part",
                "leave the level out",
            )
        return np.array([_half_width(row, every, level) for row in steps])


@dataclass(frozen=True)
class PointSpread:
    """Intervals about forecasts, as wide to either side: see :meth:`Calibration.half_width`.

    Attributes:
        calibration: What they follow from.
        forecast: (W, K).
        deviations: (W,).
    """

    calibration: Calibration
    forecast: Array
    deviations: Array

    def ends(self, level: float) -> tuple[Array, Array]:
        """The forecast less and more half the width."""
        check_percent(level)
        width = self._width(level)
        return self.forecast - width, self.forecast + width

    def quantile(self, level: float) -> Array:
        """The end of the interval that leaves as much beyond it; of 0.5 the forecast."""
        check_share(level)
        if level == 0.5:
            return self.forecast
        width = self._width(100 * abs(1 - 2 * float(level)))
        return self.forecast + (width if level > 0.5 else -width)

    def marginals(self) -> Marginals:
        """The quantiles of the grid, widening from the forecast."""
        above = [self._width(100 * (2 * p - 1)) for p in GRID[MIDDLE + 1 :]]
        widths = np.maximum.accumulate(np.stack(above, axis=2), axis=2)
        middle = self.forecast[..., None]
        return Marginals(
            np.concatenate([middle - widths[..., ::-1], middle, middle + widths], axis=2)
        )

    def _width(self, level: float) -> Array:
        half = self.calibration._half_width(level, self.forecast.shape[1])
        return np.asarray(self.deviations[:, None] * half)


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
    each = varied(prepared)
    errors = _errors_at(model, plan, [(one, _origins(one)) for one in each])

    def further() -> Array:
        return _errors_at(model, plan, late_windows(each, plan.horizon, model.least))

    return Calibration(np.abs(errors).T, ranks_of(errors, further))


def _origins(one: Prepared) -> NDArray[np.int64]:
    start, count = one.split.train, one.split.validation
    return np.arange(start, start + count)[:: -(-count // MOST_ORIGINS)]


def _errors_at(
    model: Model, plan: Plan, windows: Sequence[tuple[Prepared, NDArray[np.int64]]]
) -> Array:
    """Errors of forecasts from these origins, (W, K), in standard units."""
    each = (one.histories(places, model.reach) for one, places in windows)
    forecasts = model.forecast_each(each, plan.horizon)
    pairs = zip(windows, forecasts, strict=True)
    errors = [_errors(one, places, forecast) for (one, places), forecast in pairs]
    return np.concatenate(errors) if errors else np.empty((0, plan.horizon))


def _errors(one: Prepared, places: NDArray[np.int64], forecast: Array) -> Array:
    """What came less what was forecast (W, K), in standard units, (W, K)."""
    # In the single precision that networks answer in; what lies below is rounding.
    scaled = one.scale.scaled(forecast).astype(np.float32).astype(np.float64)
    came = truth_of(one, places, forecast.shape[1], until_test=True)
    truth = one.scale.scaled(came).astype(np.float32).astype(np.float64)
    return np.asarray(truth - scaled)
