"""A period's path as four numbers that may be anything, and back.

With the close before it c, a scale s, and logarithms of prices, the path is

    a = (open - c) / s, b = (close - open) / s,
    u = (high - max(open, close)) / s, d = (min(open, close) - low) / s

so that any a and b, and any u and d of at least 0, are a path whose high is no less and whose low
is no more than its open and close.
"""

from __future__ import annotations

import numpy as np

from recurra.applications.prices.quotes import CLOSE, HIGH, LOW, OPEN, Numbers


def to_path(prices: Numbers, before: Numbers, scale: Numbers) -> Numbers:
    """The paths of periods.

    Args:
        prices: (..., 4).
        before: The close of the period before, (...).
        scale: Above 0, (...).

    Returns:
        a, b, u and d, (..., 4).
    """
    logs = np.log(prices)
    opened, closed = logs[..., OPEN], logs[..., CLOSE]
    found = np.stack(
        [
            opened - np.log(before),
            closed - opened,
            logs[..., HIGH] - np.maximum(opened, closed),
            np.minimum(opened, closed) - logs[..., LOW],
        ],
        axis=-1,
    )
    return np.asarray(found / scale[..., None])


def moves(path: Numbers) -> Numbers:
    """Open, high, low and close of paths as logarithms above the close before, by the scale.

    Args:
        path: a, b, u and d, (..., 4).

    Returns:
        (..., 4).
    """
    opened = path[..., 0]
    closed = opened + path[..., 1]
    high = np.maximum(opened, closed) + path[..., 2]
    low = np.minimum(opened, closed) - path[..., 3]
    return np.stack([opened, high, low, closed], axis=-1)


def to_prices(path: Numbers, before: Numbers, scale: Numbers) -> Numbers:
    """The prices of paths, (..., 4), the inverse of :func:`to_path`."""
    return np.asarray(before[..., None] * np.exp(scale[..., None] * moves(path)))
