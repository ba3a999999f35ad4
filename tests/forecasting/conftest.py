"""A short wave, and a forecaster small enough to be fitted at once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from recurra import Forecaster

SMALL: dict[str, Any] = {
    "hidden_size": 8,
    "epochs": 2,
    "lookback": 6,
    "horizon": 4,
    "validation": 8,
    "test": 8,
}


def noisy_wave(count: int = 60, seed: int = 0) -> NDArray[np.float64]:
    noise = np.random.default_rng(seed).normal(0, 0.2, count)
    return 50 + 10 * (np.sin(0.5 * np.arange(count)) + noise)


def as_frame(**series: NDArray[np.float64]) -> pl.DataFrame:
    return pl.concat(
        pl.DataFrame({"unique_id": [name] * len(y), "ds": np.arange(len(y)), "y": y})
        for name, y in series.items()
    )


@pytest.fixture(scope="session")
def small() -> Callable[..., Forecaster]:
    """small(**options): a small forecaster, not fitted."""
    return lambda **options: Forecaster(**{**SMALL, **options})


@pytest.fixture(scope="session")
def wave() -> Callable[..., NDArray[np.float64]]:
    """wave(count, seed): a noisy sine about 50."""
    return noisy_wave


@pytest.fixture(scope="session")
def frame() -> Callable[..., pl.DataFrame]:
    """frame(name=values, ...): a long polars frame, times counted from 0."""
    return as_frame


@pytest.fixture(scope="session")
def fitted() -> Forecaster:
    """Fitted to one wave; not to be changed."""
    return Forecaster(**SMALL).fit(as_frame(a=noisy_wave()))


@pytest.fixture(scope="session")
def fitted_to_two() -> Forecaster:
    """Fitted to two waves of different length, level and unit; not to be changed."""
    return Forecaster(**SMALL).fit(as_frame(a=noisy_wave(), b=1000 * noisy_wave(47, seed=1)))
