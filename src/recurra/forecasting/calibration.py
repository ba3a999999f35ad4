"""How far forecasts were off on held-out windows, and what follows for those to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.histories import Histories
from recurra.forecasting.intervals import Calibration
from recurra.forecasting.intervals import calibrate as calibrate_point
from recurra.forecasting.model import Distributional, Model, distributional
from recurra.forecasting.plan import Plan
from recurra.forecasting.preparation import Prepared
from recurra.forecasting.uncertainty.columns import Asked
from recurra.forecasting.uncertainty.conformal import Shifts
from recurra.forecasting.uncertainty.held_out import (
    Quantiles,
    of_validation,
    quantiles_of,
    varied,
)
from recurra.forecasting.uncertainty.marginals import GRID, Marginals
from recurra.forecasting.uncertainty.paths import Ranks, late_windows, ranks_of
from recurra.forecasting.uncertainty.reliability import Reliability, assess
from recurra.forecasting.uncertainty.spread import HeadSpread, Spread, check_steps

Array = NDArray[np.float64]


@dataclass(frozen=True)
class HeadCalibration:
    """How the quantiles of a head are moved, and how its steps go together.

    Attributes:
        shifts: Of each step and quantile.
        ranks: Of the levels that held-out truths had.
    """

    shifts: Shifts
    ranks: Ranks

    def check(self, steps: int) -> None:
        """Raises an OptionError if nothing is known of so many steps."""
        check_steps(steps, len(self.shifts.outwards))
        self.shifts.check()

    def marginals(self, model: Distributional, values: Array, deviations: Array) -> Marginals:
        """What the head says, (W, K', P), moved; see :meth:`Shifts.marginals`."""
        return self.shifts.marginals(values, deviations, model.support)


def calibrate(
    model: Model, prepared: Sequence[Prepared], plan: Plan
) -> Calibration | HeadCalibration:
    """Looks at a model's forecasts of the validation part of every series.

    Without a head: :func:`recurra.forecasting.intervals.calibrate`.
    """
    head = distributional(model)
    return (
        calibrate_point(model, prepared, plan) if head is None else _of_head(head, prepared, plan)
    )


def spread(
    calibration: Calibration | HeadCalibration,
    model: Model,
    rows: Histories,
    forecast: Array,
    deviations: Array,
) -> Spread:
    """How far forecasts may be off.

    Args:
        calibration: Of the model.
        model: Whose forecasts they are.
        rows: What they were made from, W.
        forecast: (W, K').
        deviations: The standard units of their series, (W,).

    Raises:
        OptionError: If K' is more than the steps that were looked at, or nothing was.
    """
    head = distributional(model)
    if isinstance(calibration, Calibration) or head is None:
        assert isinstance(calibration, Calibration)
        return calibration.spread(forecast, deviations)
    steps = forecast.shape[1]
    calibration.check(steps)
    values = head.quantiles(rows, steps, GRID)
    return HeadSpread(calibration.marginals(head, values, deviations))


@dataclass(frozen=True)
class Intervals:
    """What is asked for beside forecasts, wherever they are made from.

    Attributes:
        asked: What it is.
        calibration: Of the model.
        seed: Of sample paths.
    """

    asked: Asked
    calibration: Calibration | HeadCalibration
    seed: int

    def __call__(
        self, model: Model, rows: Histories, forecast: Array, deviations: Array
    ) -> dict[str, Array]:
        """By the name of its column, (W, K') each; see :func:`spread`."""
        return self.asked.columns(
            lambda: spread(self.calibration, model, rows, forecast, deviations),
            self.calibration.ranks,
            self.seed,
        )


def reliability(
    calibration: Calibration | HeadCalibration,
    model: Model,
    prepared: Sequence[Prepared],
    plan: Plan,
) -> Reliability | None:
    """Whether the distributions of a model hold on the test part; None if it gives none."""
    head = distributional(model)
    if head is None or not isinstance(calibration, HeadCalibration):
        return None
    return assess(head, calibration.shifts, varied(prepared), plan)


def kept(calibration: Calibration | HeadCalibration) -> dict[str, NDArray[Any]]:
    """The arrays that :func:`read` makes it of again."""
    own = (
        {"errors": calibration.errors}
        if isinstance(calibration, Calibration)
        else {"shifts": calibration.shifts.outwards}
    )
    ranks = calibration.ranks
    return {**own, "ranks": ranks.ranks, "seen": np.array([ranks.seen])}


def read(arrays: Mapping[str, NDArray[Any]]) -> Calibration | HeadCalibration:
    """What :func:`kept` kept; from before there were sample paths, it knows none.

    Raises:
        LookupError: If arrays are missing.
    """
    ranks = Ranks(np.empty((0, 0)))
    if "ranks" in arrays:
        ranks = Ranks(arrays["ranks"], bool(arrays["seen"][0]))
    if "shifts" in arrays:
        return HeadCalibration(Shifts(arrays["shifts"]), ranks)
    return Calibration(arrays["errors"], ranks)


def _of_head(model: Distributional, prepared: Sequence[Prepared], plan: Plan) -> HeadCalibration:
    each = varied(prepared)
    held_out = quantiles_of(model, of_validation(each, plan), plan, until_test=True)
    shifts = Shifts.of(held_out, model.support)

    def further() -> Array:
        late = late_windows(each, plan.horizon, model.least)
        return _levels(quantiles_of(model, late, plan, until_test=True))

    return HeadCalibration(shifts, ranks_of(_levels(held_out), further))


def _levels(found: Quantiles) -> Array:
    """Where in the head's distributions the truths lay, (W, K)."""
    return Marginals(found.values).level_of(found.truth, np.random.default_rng(0))
