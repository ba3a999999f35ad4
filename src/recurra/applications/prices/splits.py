"""Splits: prices before one brought to the measure of those after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recurra.applications.prices.quotes import CLOSE, OPEN, Quotes

FACTORS = (1.5, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 100)
"""For how many new shares one was given, or one new share for how many."""

NEAR = 0.08
"""How far from a factor's a jump may be, in logarithms: a usual night's move."""

UNUSUAL = 8.0
"""How many times the usual range of a period a jump must be."""

FAR = np.log(1.4)
"""A jump in logarithms that is told, whatever it is."""


@dataclass(frozen=True)
class Jumps:
    """Jumps from one period's close to the next one's open.

    Attributes:
        splits: When a split was, and its factor: prices before it were divided by that.
        others: When there was a jump of more than 40% that is none.
    """

    splits: list[tuple[np.datetime64, float]]
    others: list[np.datetime64]


def without_splits(quotes: Quotes) -> tuple[Quotes, Jumps]:
    """Prices by the measure of the last ones.

    A split is a jump overnight by nearly one of the usual factors, eight times as large as the
    usual range of a period.
    """
    logs = np.log(quotes.prices)
    jump = logs[1:, OPEN] - logs[:-1, CLOSE]
    usual = np.median(logs.max(1) - logs.min(1)) if len(logs) else 0.0
    factors = np.array([*FACTORS, *(1 / one for one in FACTORS)])
    off = np.abs(jump[:, None] + np.log(factors))
    nearest = factors[off.argmin(1)] if len(jump) else np.zeros(0)
    large = np.abs(jump) > max(UNUSUAL * usual, FAR - NEAR)
    split = large & (off.min(1, initial=np.inf) < NEAR)
    factor = np.where(split, nearest, 1.0)
    # What stands before several splits is divided by all of their factors.
    before = np.append(np.cumprod(factor[::-1])[::-1], 1.0)[: len(quotes)]
    after = quotes.times[1:]
    other = ~split & (np.abs(jump) > FAR)
    jumps = Jumps(list(zip(after[split], factor[split], strict=True)), list(after[other]))
    prices, volume = quotes.prices / before[:, None], quotes.volume * before
    return Quotes(quotes.name, quotes.times, prices, volume), jumps
