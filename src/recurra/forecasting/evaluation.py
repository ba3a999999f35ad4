"""Judges a model on the test part of every series, beside the naive forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.baselines import seasonal_naive
from recurra.forecasting.metrics import Scores, mase_scale
from recurra.forecasting.model import Model
from recurra.forecasting.plan import Plan
from recurra.forecasting.preparation import Prepared
from recurra.forecasting.uncertainty.reliability import Reliability
from recurra.significance.diebold_mariano import DieboldMariano, diebold_mariano, differences

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of the test part of one series, each (test,), in the unit of the series.

    Attributes:
        one_step: Each point from the true values before it.
        multi_step: A horizon at a time, from origins a horizon apart.
        naive: From the same origins, the last value repeated.
        seasonal_naive: From the same origins, the last season repeated.
        naive_one_step: Each point from the one before.
        seasonal_naive_one_step: Each point from the one a season before.
    """

    one_step: Array
    multi_step: Array
    naive: Array
    seasonal_naive: Array
    naive_one_step: Array
    seasonal_naive_one_step: Array


@dataclass(frozen=True)
class Evaluation:
    """Errors on the test part, the mean over series; fields as in :class:`Forecasts`.

    Attributes:
        forecasts: The forecasts that were judged, by series.
        tests: Whether the model's forecasts differ from the naive ones beyond chance, by the name
            of the latter; one step ahead where that is, else a horizon at a time.
        reliability: Whether the distributions held; None without a head.
    """

    one_step: Scores
    multi_step: Scores
    naive: Scores
    seasonal_naive: Scores
    naive_one_step: Scores
    seasonal_naive_one_step: Scores
    forecasts: dict[str, Forecasts]
    tests: dict[str, DieboldMariano]
    reliability: Reliability | None = None

    def to_json(self) -> dict[str, dict[str, Any]]:
        """The scores as plain data, and whether distributions held if there are any."""
        scores = {name: vars(getattr(self, name)) for name in KINDS}
        held = self.reliability
        return scores if held is None else {**scores, "reliability": held.to_json()}


KINDS = tuple(Forecasts.__dataclass_fields__)


def evaluate(model: Model, prepared: Sequence[Prepared], plan: Plan, season: int) -> Evaluation:
    """Forecasts the test part of every series and compares with what came.

    Args:
        model: Has learned from them.
        prepared: The series.
        plan: Horizon, lookback and the sizes of the parts.
        season: m, 1 if there is none.
    """
    forecasts = _forecasts(model, prepared, plan, season)
    each = [forecasts[one.series.id] for one in prepared]
    truths = [_truth(one) for one in prepared]
    scales = np.array([mase_scale(one.train, season) for one in prepared])
    means: dict[str, Any] = {}
    for kind in KINDS:
        made = zip(truths, (getattr(one, kind) for one in each), scales.tolist(), strict=True)
        means[kind] = Scores.mean([Scores.of(*one) for one in made])
    tests = _tests(each, truths, scales, plan.horizon)
    return Evaluation(**means, forecasts=forecasts, tests=tests)


def _tests(
    each: Sequence[Forecasts], truths: Sequence[Array], scales: Array, horizon: int
) -> dict[str, DieboldMariano]:
    """Of all naive forecasts, in units of MASE where that is defined for a series at least."""
    scales = scales if (scales > 0).any() else np.ones_like(scales)

    def tested(own: str, rival: str, steps: int) -> DieboldMariano:
        ours = _by_origin([getattr(one, own) for one in each], steps)
        theirs = _by_origin([getattr(one, rival) for one in each], steps)
        truth = _by_origin(truths, steps)
        scale = np.broadcast_to(scales[:, None], truth.shape[:2])
        return diebold_mariano(differences(ours, theirs, truth, scale))

    return {
        "naive": tested("multi_step", "naive", horizon),
        "seasonal_naive": tested("multi_step", "seasonal_naive", horizon),
        "naive_one_step": tested("one_step", "naive_one_step", 1),
        "seasonal_naive_one_step": tested("one_step", "seasonal_naive_one_step", 1),
    }


def _by_origin(parts: Sequence[Array], horizon: int) -> Array:
    """(S, W, K), from values of each series in the order of time; NaN where there are no more."""
    windows = -(-max(map(len, parts)) // horizon)
    values = np.full((len(parts), windows * horizon), np.nan)
    for row, part in zip(values, parts, strict=True):
        row[: len(part)] = part
    return values.reshape(len(parts), windows, horizon)


def _truth(one: Prepared) -> Array:
    """(test,), NaN where nothing was observed."""
    start = one.split.train + one.split.validation
    return np.where(one.series.observed, one.series.values, np.nan)[start:]


def _forecasts(
    model: Model, prepared: Sequence[Prepared], plan: Plan, season: int
) -> dict[str, Forecasts]:
    """By series, all forecast from what was known at each origin."""
    reach = model.reach
    each = (one.histories(_test(one), reach) for one in prepared)
    apart = (one.histories(_test(one)[:: plan.horizon], reach) for one in prepared)
    single, several = model.forecast_each(each, 1), model.forecast_each(apart, plan.horizon)
    return {
        one.series.id: _beside_naive(one, by_step.reshape(-1), at_once.reshape(-1), plan, season)
        for one, by_step, at_once in zip(prepared, single, several, strict=True)
    }


def _test(one: Prepared) -> NDArray[np.int64]:
    """The places of the test part."""
    return np.arange(one.split.train + one.split.validation, len(one.series.values))


def _beside_naive(
    one: Prepared, one_step: Array, multi_step: Array, plan: Plan, season: int
) -> Forecasts:
    values, every, test = one.series.values, _test(one), one.split.test
    origins = every[:: plan.horizon]
    lag = season if one.split.train >= season else 1
    return Forecasts(
        one_step=one_step,
        multi_step=multi_step[:test],
        naive=seasonal_naive(values, origins, plan.horizon, 1).reshape(-1)[:test],
        seasonal_naive=seasonal_naive(values, origins, plan.horizon, lag).reshape(-1)[:test],
        naive_one_step=values[every - 1],
        seasonal_naive_one_step=values[every - lag],
    )
