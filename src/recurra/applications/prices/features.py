"""What a network sees of each period, and what it is to foretell: both free of any currency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from recurra.applications.prices.path import to_path
from recurra.applications.prices.quotes import CLOSE, HIGH, LOW, Numbers, Quotes, Times

WIDTH = 10
"""I, the numbers that a network sees of a period."""

SHORT, LONG = 10, 60
"""Half-lives of running means, in periods."""

BOUND = 6.0
"""What is further out is taken for this, so that no single day rules."""

LEAST = 1e-5
"""The least scale: a price that never moves has no range."""

DAY = 86_400


@dataclass(frozen=True)
class Seen:
    """A ticker as a network sees it.

    Attributes:
        name: The ticker.
        times: (T,).
        close: (T,).
        scale: The running mean of a period's range in logarithms, the night before it included:
            what is known at its close, (T,).
        features: (T, 10).
        targets: The path of the period after each, see :mod:`recurra.applications.prices.path`,
            NaN for the last, (T, 4).
    """

    name: str
    times: Times
    close: Numbers
    scale: Numbers
    features: Numbers
    targets: Numbers

    def __len__(self) -> int:
        return len(self.times)


def seen(quotes: Quotes) -> Seen:
    """A ticker as a network sees it; nothing looks ahead but the targets.

    A period is seen as its path, in the scale known before it; how its range was beside that; the
    scale beside a longer mean; its volume beside a running mean, and whether it is known; and the
    day of the week, or the time of day, as a point on a circle.

    Args:
        quotes: At least one period.
    """
    prices = quotes.prices
    close = prices[:, CLOSE]
    before = np.append(prices[:1, 0], close[:-1])
    reach = np.log(np.maximum(prices[:, HIGH], before) / np.minimum(prices[:, LOW], before))
    scale, long = _running(reach, SHORT) + LEAST, _running(reach, LONG) + LEAST
    known = np.append(scale[:1], scale[:-1])
    path = to_path(prices, before, known)
    traded, there = _volume(quotes.volume)
    features = np.column_stack(
        [path, np.log((reach + LEAST) / known), np.log(scale / long), traded, there, _phase(quotes)]
    )
    targets = np.full((len(quotes), 4), np.nan)
    targets[:-1] = to_path(prices[1:], close[:-1], scale[:-1])
    return Seen(quotes.name, quotes.times, close, scale, np.clip(features, -BOUND, BOUND), targets)


def _running(values: Numbers, half_life: float) -> Numbers:
    """The exponentially weighted mean of a value and all before it."""
    return pl.Series(values).ewm_mean(half_life=half_life).to_numpy().astype(np.float64)


def _volume(volume: Numbers) -> tuple[Numbers, Numbers]:
    """The logarithm of volume above its running mean before, and whether it is known."""
    there = np.isfinite(volume)
    logs = np.log1p(np.where(there, volume, 0))
    if not there.any():
        return np.zeros(len(volume)), np.zeros(len(volume))
    filled = pl.Series(np.where(there, logs, np.nan)).fill_nan(None).forward_fill()
    steady = filled.fill_null(float(logs[there][0])).to_numpy()
    mean = _running(steady, SHORT)
    above = steady - np.append(steady[:1], mean[:-1])
    return np.where(there, above, 0.0), there.astype(np.float64)


def _phase(quotes: Quotes) -> Numbers:
    """The day of the week, or the time of day, as a point on a circle, (T, 2)."""
    seconds = quotes.times.astype("datetime64[s]").astype(np.int64)
    length = DAY if quotes.intraday else 7 * DAY
    angle = 2 * np.pi * (seconds % length) / length
    return np.column_stack([np.sin(angle), np.cos(angle)])
