"""The competitions' figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NAIVE2 = {"M4 hourly": (18.383, 2.395)}
"""sMAPE and MASE of Naive2 as the M4 competition published them, which OWA divides by."""


def smape(forecasts: Sequence[Array], truths: Sequence[Array]) -> Array:
    """Of each series, in percent, 0 to 200."""
    pairs = zip(forecasts, truths, strict=True)
    return np.array([200 * np.mean(np.abs(f - y) / (np.abs(f) + np.abs(y))) for f, y in pairs])


def mase(
    forecasts: Sequence[Array], truths: Sequence[Array], trains: Sequence[Array], season: int
) -> Array:
    """Of each series; NaN where the seasonal naive forecast makes no error in its known part."""
    rows = zip(forecasts, truths, trains, strict=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = [np.abs(f - y).mean() / _scale(train, season) for f, y, train in rows]
    return np.where(np.isfinite(found), found, np.nan)


def _scale(train: Array, season: int) -> float:
    lag = season if len(train) > season else 1
    return float(np.abs(train[lag:] - train[:-lag]).mean())


def owa(smape_mean: float, mase_mean: float, naive2: tuple[float, float]) -> float:
    """The overall weighted average of the M4 competition."""
    return (smape_mean / naive2[0] + mase_mean / naive2[1]) / 2
