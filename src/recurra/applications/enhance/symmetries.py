"""The eight ways to turn and mirror a picture."""

from __future__ import annotations

from torch import Tensor

WAYS = range(8)


def turned(images: Tensor, way: int) -> Tensor:
    """Mirrored for the second four ways, then turned by quarters: (..., H, W)."""
    mirrored = images.flip(-1) if way >= 4 else images
    return mirrored.rot90(way % 4, (-2, -1))


def turned_back(images: Tensor, way: int) -> Tensor:
    """What :func:`turned` began with."""
    upright = images.rot90(-(way % 4), (-2, -1))
    return upright.flip(-1) if way >= 4 else upright
