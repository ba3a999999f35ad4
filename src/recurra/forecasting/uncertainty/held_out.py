"""The windows that distributions are calibrated on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.model import Distributional
from recurra.forecasting.plan import Plan
from recurra.forecasting.preparation import Prepared
from recurra.forecasting.together import together
from recurra.forecasting.uncertainty.marginals import GRID

Array = NDArray[np.float64]
Places = NDArray[np.int64]

MOST_WINDOWS = 4096
"""Windows that are looked at, evenly spaced."""

MOST_VALUES = 2**24
"""Quantiles of all their steps, at most: 128 MiB."""


@dataclass(frozen=True)
class Quantiles:
    """What a model with a head says of some windows, and what came.

    Attributes:
        values: (W, K, P) at GRID.
        truth: (W, K), NaN where nothing was observed, or not yet.
        deviation: The standard unit of each window's series, (W,).
    """

    values: Array
    truth: Array
    deviation: Array


def varied(prepared: Sequence[Prepared]) -> Sequence[Prepared]:
    """The series that are not constant where they were learned from; all if all are."""
    return [one for one in prepared if not one.scale.constant] or prepared


def of_validation(prepared: Sequence[Prepared], plan: Plan) -> list[tuple[Prepared, Places]]:
    """The windows whose forecast begins in the validation part, by series."""
    parts = [np.arange(one.split.train, one.split.train + one.split.validation) for one in prepared]
    return thinned(list(zip(prepared, parts, strict=True)), most_windows(plan.horizon))


def most_windows(horizon: int) -> int:
    """How many windows of so many steps are looked at."""
    return min(MOST_WINDOWS, max(1, MOST_VALUES // (horizon * len(GRID))))


def thinned(windows: Sequence[tuple[Prepared, Places]], most: int) -> list[tuple[Prepared, Places]]:
    """Of all windows evenly spaced ones, at most so many, by the series that still have any."""
    total = sum(len(places) for _, places in windows)
    if not total:
        return []
    kept = np.unique(np.linspace(0, total - 1, min(total, most)).round().astype(np.int64))
    bounds = np.cumsum([0, *(len(places) for _, places in windows)])
    cut = np.split(kept, np.searchsorted(kept, bounds[1:-1]))
    each = zip(windows, cut, bounds[:-1], strict=True)
    return [(one, places[own - first]) for (one, places), own, first in each if len(own)]


def quantiles_of(
    model: Distributional,
    windows: Sequence[tuple[Prepared, Places]],
    plan: Plan,
    *,
    until_test: bool,
) -> Quantiles:
    """What a model says of some windows, and what came.

    Args:
        model: One with a head.
        windows: Series and origins in them.
        plan: For the horizon.
        until_test: Whether what came counts only up to the test part.
    """
    each = (one.histories(places, model.reach) for one, places in windows)
    if not windows:
        return Quantiles(
            np.empty((0, plan.horizon, len(GRID))), np.empty((0, plan.horizon)), np.empty(0)
        )
    found = together(lambda rows, K: model.quantiles(rows, K, GRID), each, plan.horizon)
    truths = [truth_of(one, places, plan.horizon, until_test) for one, places in windows]
    deviations = [np.full(len(places), one.scale.deviation) for one, places in windows]
    return Quantiles(np.concatenate([*found]), np.concatenate(truths), np.concatenate(deviations))


def truth_of(one: Prepared, places: Places, horizon: int, until_test: bool) -> Array:
    """What came after each place, (W, K); NaN where nothing was observed, or too late."""
    values = np.where(one.series.observed, one.series.values, np.nan)
    end = one.split.train + one.split.validation if until_test else len(values)
    known = np.concatenate([values[:end], np.full(horizon, np.nan)])
    return np.asarray(known[places[:, None] + np.arange(horizon)])
