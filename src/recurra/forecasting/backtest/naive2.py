"""Naive2: the last value repeated, after a season has been taken out, if there is one.

As the M4 competition defines it (Makridakis, Spiliotis & Assimakopoulos 2020, "The M4 Competition:
100,000 time series and 61 forecasting methods", International Journal of Forecasting 36, section
2.4): a season that the autocorrelation shows at 90% confidence is taken out by classical
multiplicative decomposition, the last value is repeated, and the season is put back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.factors import is_seasonal, seasonal_factors

Array = NDArray[np.float64]


def naive2(values: Array, horizon: int, season: int) -> Array:
    """The forecast of a series.

    Args:
        values: What is known, (N,), N at least 1.
        horizon: K, at least 1.
        season: m; 1 for none.

    Returns:
        (K,), in the unit of the series. Where a value is not above 0, by which no multiplicative
        season can be told, the last value repeated.
    """
    if not is_seasonal(values, season) or values.min() <= 0:
        return np.full(horizon, values[-1])
    factors = seasonal_factors(values, season)
    ahead = factors[(len(values) + np.arange(horizon)) % season]
    last = values[-1] / factors[(len(values) - 1) % season]
    return np.asarray(last * ahead)
