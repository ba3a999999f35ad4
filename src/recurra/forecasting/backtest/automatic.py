"""Statistical models that choose themselves, of the library statsforecast."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.backtest.rules import Rule, naive
from recurra.libraries import library

Array = NDArray[np.float64]

NAMES = {"auto_ets": "AutoETS", "auto_theta": "AutoTheta"}
"""The name of their column, and in statsforecast.models."""

MOST_FITS = 500
"""Fits of each model that are made without being asked for: a second or more apiece at worst."""


def installed() -> bool:
    """Whether statsforecast is there."""
    return find_spec("statsforecast") is not None


def check_installed() -> None:
    """Raises an OptionError if statsforecast is not there."""
    _models()


def automatic(name: str, failed: Callable[[], None]) -> Rule:
    """The rule that fits such a model to what is known and forecasts on.

    Args:
        name: One of ``NAMES``.
        failed: Called where the model cannot be fitted; the last value is repeated instead.

    Raises:
        OptionError: If statsforecast is not installed.
    """
    models = _models()

    def rule(values: Array, horizon: int, season: int) -> Array:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Of its optimisers; what comes out is judged.
                model = getattr(models, NAMES[name])(season_length=season)
                mean = np.asarray(model.forecast(y=values, h=horizon)["mean"], np.float64)
        except Exception:
            mean = np.full(horizon, np.nan)
        if np.isfinite(mean).all():
            return mean
        failed()
        return naive(values, horizon, season)

    return rule


def _models() -> Any:
    use = "AutoETS or AutoTheta as a baseline"
    return library("statsforecast.models", package="statsforecast", use=use, extra="baselines")
