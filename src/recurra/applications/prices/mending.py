"""Rows of prices put in order: what is wrong with them is mended or left out, and counted."""

from __future__ import annotations

from collections import Counter

import numpy as np

from recurra.applications.prices.quotes import CLOSE, HIGH, LOW, Numbers, Quotes, Times

UNSORTED, TWICE, AGREEING, MISSING, NOT_POSITIVE, CROSSED = (
    "tickers did not stand in the order of their times: sorted",
    "rows have the time of another, with other prices: the last is kept",
    "rows stand there twice: one is kept",
    "rows lack a time or a price: left out",
    "rows have a price that is not above 0: left out",
    "rows have a high below, or a low above, another of their prices: that one is taken",
)
"""What is mended, by which it is counted."""


def mended(
    name: str, times: Times, prices: Numbers, volume: Numbers, repairs: Counter[str]
) -> Quotes:
    """The prices of a ticker in order.

    Args:
        name: The ticker.
        times: (T,); NaT where missing.
        prices: (T, 4), NaN where missing.
        volume: (T,), NaN where missing.
        repairs: What is mended is counted here.
    """
    there = ~np.isnat(times) & np.isfinite(prices).all(1)
    positive = (prices > 0).all(1)
    repairs[MISSING] += int((~there).sum())
    repairs[NOT_POSITIVE] += int((there & ~positive).sum())
    kept = np.flatnonzero(there & positive)
    repairs[UNSORTED] += bool((np.diff(times[kept]) < np.timedelta64(0)).any())
    kept = kept[np.argsort(times[kept], kind="stable")]
    kept = _once(times, prices, kept, repairs)
    found = prices[kept]
    right = np.stack([found[:, 0], found.max(1), found.min(1), found[:, CLOSE]], axis=1)
    crossed = (right[:, HIGH] != found[:, HIGH]) | (right[:, LOW] != found[:, LOW])
    repairs[CROSSED] += int(crossed.sum())
    traded = np.where(volume[kept] >= 0, volume[kept], np.nan)
    return Quotes(name, times[kept], right, traded)


def _once(times: Times, prices: Numbers, kept: np.ndarray, repairs: Counter[str]) -> np.ndarray:
    """The last of rows of one time."""
    same = times[kept][1:] == times[kept][:-1]
    agreeing = same & (prices[kept][1:] == prices[kept][:-1]).all(1)
    repairs[AGREEING] += int(agreeing.sum())
    repairs[TWICE] += int((same & ~agreeing).sum())
    last = np.append(~same, True)[: len(kept)]
    found: np.ndarray = kept[last]
    return found
