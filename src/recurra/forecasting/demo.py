"""Series to try things on: the reference case, a sine known to every user of Keras, and weeks."""

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


def weeks() -> pl.DataFrame:
    """1,000 days with a weekly season, a slow wave and noise: ``unique_id``, ``ds`` and ``y``."""
    days = np.arange(np.datetime64("2022-01-03"), np.datetime64("2022-01-03") + 1000)
    t = np.arange(1000)
    week = np.array([9.0, 10.0, 10.5, 10.0, 12.0, 16.0, 14.0])[t % 7]
    noise = np.random.default_rng(0).normal(size=1000)
    y = week + 2 * np.sin(2 * np.pi * t / 180) + 0.4 * noise
    return pl.DataFrame({"unique_id": ["visits"] * 1000, "ds": days, "y": y.round(2)})
