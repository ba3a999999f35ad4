"""What is still to be drawn, looked at from the pen."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

ACROSS = 9
"""Points a side of a glimpse."""

REACHES = (4.0, 12.0)
"""How far a glimpse reaches from the pen, points of the square: a sharp one near by and a blurred
one around."""

SIZE = len(REACHES) * ACROSS**2
"""Numbers that a step's glimpses are."""

NEAR = 4 / 3
"""Ink at most so far from a point of the pen counts as drawn, points of the square."""


def covered(places: Tensor, touches: Tensor, side: int, before: Tensor | None = None) -> Tensor:
    """Which points of a square a pen has drawn at each step.

    Args:
        places: Where the pen is, (B, T, 2), from the middle of the square.
        touches: Whether it is on paper, (B, T).
        side: S, the points of a side.
        before: What it had drawn before, (B, S²); None for nothing.

    Returns:
        1 for what is drawn, else 0: (B, T, S²).
    """
    line = torch.arange(side) - (side - 1) / 2
    right, down = (places.unsqueeze(-1) - line).square().unbind(-2)
    near = down.unsqueeze(-1) + right.unsqueeze(-2) <= NEAR**2
    now = (near.flatten(2) & touches.unsqueeze(-1)).float()
    if before is not None:
        now[:, 0] = now[:, 0].maximum(before)
    return now.cumsum(1).clamp(max=1)


def glimpses(pictures: Tensor, places: Tensor) -> Tensor:
    """What lies around places (N, 2) of pictures (N, S, S): (N, 162)."""
    side = pictures.shape[-1]
    seen = [
        functional.grid_sample(
            picture.unsqueeze(1), _grid(places, reach, side), align_corners=False
        ).flatten(1)
        for picture, reach in zip((pictures, _blurred(pictures)), REACHES, strict=True)
    ]
    return torch.cat(seen, -1)


def _blurred(pictures: Tensor) -> Tensor:
    """Each point the mean of 3 x 3, white around: sums are quicker than torch's pooling."""
    wide = functional.pad(pictures, (1, 1, 1, 1))
    rows = wide[:, :-2] + wide[:, 1:-1] + wide[:, 2:]
    return (rows[..., :-2] + rows[..., 1:-1] + rows[..., 2:]) / 9


def _grid(places: Tensor, reach: float, side: int) -> Tensor:
    """Where a glimpse looks, (N, 9, 9, 2), in half sides of the picture."""
    line = torch.linspace(-reach, reach, ACROSS)
    around = torch.cartesian_prod(line, line).flip(-1).view(ACROSS, ACROSS, 2)
    return (places[:, None, None] + around) * (2 / side)
