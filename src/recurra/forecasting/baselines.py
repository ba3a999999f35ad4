"""The forecasts that a model must beat to be worth anything."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def seasonal_naive(values: Array, ends: NDArray[np.int64], horizon: int, season: int) -> Array:
    """The last season, repeated; with ``season`` 1 the last value, repeated (naive).

    Args:
        values: A series, (N,).
        ends: For each forecast the number of values known when it is made, (O,), each at least
            ``season``.
        horizon: K, at least 1.
        season: m, at least 1.

    Returns:
        (O, K), in the unit of the series.
    """
    back = season - np.arange(horizon) % season
    forecast: Array = values[ends[:, None] - back]
    return forecast
