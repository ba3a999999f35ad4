"""Images cut into patches, and put together again."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

Patch = tuple[int, int]
"""Height and width of a patch."""


def to_patches(images: Tensor, patch: Patch) -> Tensor:
    """Each patch as one point of many channels; an image is filled up with 0 at bottom and right.

    Args:
        images: (B, C, H, W).
        patch: (p, q).

    Returns:
        (B, C p q, H / p rounded up, W / q rounded up).
    """
    tall, wide = patch
    height, width = images.shape[-2:]
    full = functional.pad(images, (0, -width % wide, 0, -height % tall))
    rows, channels, height, width = full.shape
    cut = full.reshape(rows, channels, height // tall, tall, width // wide, wide)
    return cut.permute(0, 1, 3, 5, 2, 4).flatten(1, 3)


def from_patches(points: Tensor, patch: Patch) -> Tensor:
    """The way back: (B, C p q, h, w) to (B, C, h p, w q)."""
    (tall, wide), (rows, _, height, width) = patch, points.shape
    apart = points.reshape(rows, -1, tall, wide, height, width).permute(0, 1, 4, 2, 5, 3)
    return apart.reshape(rows, -1, height * tall, width * wide)
