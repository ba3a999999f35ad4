"""Simple rules, forecast from the same origins: what a model must beat to be worth anything."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.backtest.naive2 import naive2
from recurra.forecasting.baselines import seasonal_naive as repeated

Array = NDArray[np.float64]

Rule = Callable[[Array, int, int], Array]
"""From what is known, (N,), the horizon K and the season m to a forecast, (K,)."""


def naive(values: Array, horizon: int, season: int) -> Array:
    """The last value, repeated."""
    return np.full(horizon, values[-1])


def seasonal_naive(values: Array, horizon: int, season: int) -> Array:
    """The last season, repeated; the last value where less than a season is known."""
    lag = season if len(values) >= season else 1
    return np.asarray(repeated(values, np.array([len(values)]), horizon, lag)[0])


def drift(values: Array, horizon: int, season: int) -> Array:
    """On from the last value by the mean change so far (Hyndman & Athanasopoulos 2021, 5.2)."""
    change = (values[-1] - values[0]) / max(1, len(values) - 1)
    return np.asarray(values[-1] + change * np.arange(1, horizon + 1))


RULES: dict[str, Rule] = {
    "naive": naive,
    "seasonal_naive": seasonal_naive,
    "drift": drift,
    "naive2": naive2,
}
"""By the name of their column."""

SEASONAL = ("seasonal_naive", "naive2")
"""Those that are the naive forecast again where there is no season."""
