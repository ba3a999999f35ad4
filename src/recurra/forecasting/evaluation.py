"""Judges a network on the test part of every series, beside the naive forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from recurra.forecasting import rollout
from recurra.forecasting.baselines import seasonal_naive
from recurra.forecasting.metrics import Scores, mase_scale
from recurra.forecasting.plan import Plan
from recurra.forecasting.preparation import Prepared

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of the test part of one series, each (test,), in the unit of the series.

    Attributes:
        one_step: Each point from the true values before it.
        multi_step: A horizon at a time, predictions fed back, from origins a horizon apart.
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
    """

    one_step: Scores
    multi_step: Scores
    naive: Scores
    seasonal_naive: Scores
    naive_one_step: Scores
    seasonal_naive_one_step: Scores
    forecasts: dict[str, Forecasts]

    def to_json(self) -> dict[str, dict[str, float | None]]:
        """The scores as plain data."""
        return {name: vars(getattr(self, name)) for name in KINDS}


KINDS = tuple(Forecasts.__dataclass_fields__)


def evaluate(
    network: nn.Module, prepared: Sequence[Prepared], plan: Plan, season: int
) -> Evaluation:
    """Forecasts the test part of every series and compares with what came.

    Args:
        network: Maps scaled inputs (B, L, I) to the next change (B, 1).
        prepared: The series.
        plan: Horizon, lookback and the sizes of the parts.
        season: m, 1 if there is none.
    """
    forecasts = {one.series.id: _forecast(network, one, plan, season) for one in prepared}
    scores: dict[str, list[Scores]] = {kind: [] for kind in KINDS}
    for one in prepared:
        start = one.split.train + one.split.validation
        truth = np.where(one.series.observed, one.series.values, np.nan)[start:]
        scale = mase_scale(one.train, season)
        for kind, errors in scores.items():
            errors.append(Scores.of(truth, getattr(forecasts[one.series.id], kind), scale))
    return Evaluation(
        **{kind: Scores.mean(errors) for kind, errors in scores.items()}, forecasts=forecasts
    )


def _forecast(network: nn.Module, one: Prepared, plan: Plan, season: int) -> Forecasts:
    values, test = one.series.values, one.split.test
    start = len(values) - test
    every = np.arange(start, len(values))
    origins = every[:: plan.horizon]
    single = rollout.one_step(network, one.histories(every), one.changes)
    several = rollout.recursive(network, one.histories(origins), one.changes, plan.horizon)
    lag = season if one.split.train >= season else 1
    return Forecasts(
        one_step=one.scale.restored(single.double().numpy()),
        multi_step=one.scale.restored(several.double().numpy().reshape(-1)[:test]),
        naive=seasonal_naive(values, origins, plan.horizon, 1).reshape(-1)[:test],
        seasonal_naive=seasonal_naive(values, origins, plan.horizon, lag).reshape(-1)[:test],
        naive_one_step=values[every - 1],
        seasonal_naive_one_step=values[every - lag],
    )
