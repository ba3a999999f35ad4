"""How near drawings come to the ink of a picture."""

from __future__ import annotations

import math

import torch
from torch import Tensor

FAINTEST = 0.3
"""Ink from so much on counts as ink when a drawing is held against it."""


def far(steps: Tensor, live: Tensor, scale: float, picture: Tensor) -> Tensor | None:
    """From a point of each drawing to the nearest ink and the other way, the mean of both.

    Points are where the pen was, and halfway between where it was on paper.

    Args:
        steps: What the pen did, (B, T, 4), the first one from the middle of the square.
        live: Which steps are of a drawing, (B, T), the first one always.
        scale: Points of the square in a unit of the offsets.
        picture: Ink, (S, S).

    Returns:
        Points of the square, (B,); None if the picture has no ink.
    """
    rows, columns = (picture > FAINTEST).nonzero(as_tuple=True)
    if not len(rows):
        return None
    # Of the middle of each point, from the middle of the square.
    seen = torch.stack([columns, rows], 1) + (1 - len(picture)) / 2
    points, there = _points(steps, live, scale)
    each = torch.cdist(points, seen.expand(len(points), -1, -1))
    each = each.masked_fill(~there.unsqueeze(-1), math.inf)
    to_ink = torch.where(there, each.amin(2), 0).sum(1) / there.sum(1)
    return (to_ink + each.amin(1).mean(1)) / 2


def _points(steps: Tensor, live: Tensor, scale: float) -> tuple[Tensor, Tensor]:
    """Of each drawing, (B, 2 T - 1, 2), and which of them are there."""
    places = steps[..., :2].cumsum(1) * scale
    halfway = (places[:, 1:] + places[:, :-1]) / 2
    on_paper = live[:, 1:] & (steps[:, :-1, 2] == 0)
    return torch.cat([places, halfway], 1), torch.cat([live, on_paper], 1)
