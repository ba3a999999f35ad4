"""Prices that are made up: their range can be foretold a little, where they go cannot."""

from __future__ import annotations

import numpy as np

NAMES = ("ACME", "BOLT", "CARP")
DAYS = 700
MOMENTS = 32
"""Moves within a day, of which high and low come."""


def table(*, seed: int) -> str:
    """A CSV file of three tickers over 700 days, with a split, a row twice and one out of order.

    Nights and days are without drift. How large they are wanders, as in markets: a GARCH(1, 1)
    (Bollerslev 1986, Journal of Econometrics 31), so that wild days follow wild days.

    Args:
        seed: Of the prices.
    """
    chance = np.random.default_rng(seed)
    rows = [row for number, name in enumerate(NAMES) for row in _ticker(chance, name, 40 + number)]
    rows.insert(300, rows[299])
    rows[100], rows[200] = rows[200], rows[100]
    return "ticker,date,open,high,low,close,volume\n" + "\n".join(rows) + "\n"


def _ticker(chance: np.random.Generator, name: str, begins: float) -> list[str]:
    days = np.busday_offset("2021-01-04", np.arange(DAYS), roll="forward")
    close, variance, shock, rows = begins, 1.5e-4, 0.0, []
    for number, day in enumerate(days):
        variance = 4e-6 + 0.12 * shock**2 + 0.86 * variance
        # Shares are split in two, of one ticker, once.
        close /= 2 if (name, number) == ("BOLT", 350) else 1
        steps = chance.normal(0, np.sqrt(variance / (MOMENTS + 4)), MOMENTS + 1)
        steps[0] *= 2
        path = close * np.exp(np.cumsum(steps))
        shock, close = float(steps.sum()), float(path[-1])
        volume = 1e6 * np.exp(chance.normal(40 * np.sqrt(variance), 0.3))
        shown = (path[0], path.max(), path.min(), close)
        prices = ",".join(f"{price:.4f}" for price in shown)
        rows.append(f"{name},{day},{prices},{volume:.0f}")
    return rows
