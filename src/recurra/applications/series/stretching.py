"""A series read at other moments than its own steps."""

from __future__ import annotations

import torch
from torch import Tensor


def at(series: Tensor, moments: Tensor) -> Tensor:
    """The series between its steps, on straight lines.

    Args:
        series: (T, C), T at least 1.
        moments: Where to read it, from 0 to T - 1, (S,).

    Returns:
        (S, C).
    """
    before = moments.floor().clamp(0, len(series) - 1)
    first = before.long()
    second = (first + 1).clamp(max=len(series) - 1)
    share = (moments - before).unsqueeze(1)
    return torch.lerp(series[first], series[second], share)


def stretched(series: Tensor, steps: int) -> Tensor:
    """The whole series in so many steps, its first and last in place: (T, C) to (steps, C)."""
    if steps == len(series):
        return series
    return at(series, torch.linspace(0, len(series) - 1, steps))


def warped(series: Tensor, low: float, high: float, bend: float, steps: int) -> Tensor:
    """A part of the series, its time bent: what was slow may be fast.

    Args:
        series: (T, C).
        low: Where the part begins, as a share of the whole, from 0.
        high: Where it ends, to 1.
        bend: From -1 to 1: time runs as t + bend t (1 - t), for t from 0 to 1.
        steps: S, of the result.

    Returns:
        (S, C).
    """
    time = torch.linspace(0, 1, steps)
    time = time + bend * time * (1 - time)
    return at(series, (low + (high - low) * time) * (len(series) - 1))
