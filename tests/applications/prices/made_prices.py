"""Prices that are made up, sound ones by construction."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from recurra.applications.prices import Quotes
from recurra.applications.prices.quotes import PRICES

DAYS = 260


def quotes(
    name: str = "A", *, days: int = DAYS, seed: int = 0, drift: float = 0.0, turn: float = 0.0
) -> Quotes:
    """A random walk; with ``turn`` each move takes back, or goes on with, a share of the last."""
    chance = np.random.default_rng(seed)
    times = np.busday_offset("2020-01-01", np.arange(days), roll="forward")
    rows, close, last = [], 100.0, 0.0
    for _ in range(days):
        last = turn * last + chance.normal(drift, 0.01)
        path = close * np.exp(np.linspace(0, last, 9)[1:] + chance.normal(0, 0.001, 8))
        close = path[-1]
        rows.append((path[0], path.max(), path.min(), close))
    volume = np.exp(chance.normal(10, 0.2, days))
    return Quotes(name, times.astype("datetime64[s]"), np.array(rows), volume)


def table(*some: Quotes) -> str:
    """The same as a CSV file, a ticker below the other."""
    lines = [
        ",".join([one.name, str(time.astype("datetime64[D]")), *map(repr, map(float, row))])
        for one in some
        for time, row in zip(one.times, one.prices, strict=True)
    ]
    return "\n".join([",".join(["ticker", "date", *PRICES]), *lines]) + "\n"


def _sound(opened: float, closed: float, above: float, below: float) -> tuple[float, ...]:
    return opened, max(opened, closed) * above, min(opened, closed) / below, closed


price = st.floats(0.001, 1e6)
further = st.floats(1, 3)
periods = st.lists(st.builds(_sound, price, price, further, further), min_size=1, max_size=20)
"""Open, high, low, close."""
