"""The reference case: a sine, known to every user of Keras."""

from __future__ import annotations

import numpy as np
import polars as pl

POINTS = 2000
HELD_OUT = 200
LOOKBACK = 10


def sine() -> pl.DataFrame:
    """2,000 points of sin(0.1 t): columns ``unique_id``, ``ds`` (t = 0, 1, ...) and ``y``."""
    t = np.arange(POINTS)
    return pl.DataFrame({"unique_id": ["sine"] * POINTS, "ds": t, "y": np.sin(0.1 * t)})
