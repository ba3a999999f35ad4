"""Pictures as tensors, whatever arrays they came as."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.nn import functional

from recurra.errors import DataError

LEAST = 16
"""Points that each side of a picture must have to be learned from or judged by."""


def as_image(picture: ArrayLike) -> Tensor:
    """A picture as (C, H, W), bytes or fractions of white.

    Args:
        picture: (H, W), (H, W, 1) or (H, W, 3): bytes, or fractions, which noise may have taken
            below 0 or above 1.

    Raises:
        DataError: If it is none.
    """
    values = np.asarray(picture)
    values = values[:, :, None] if values.ndim == 2 else values
    if values.ndim != 3 or values.shape[2] not in {1, 3} or 0 in values.shape:
        raise DataError(
            f"a picture of shape {np.shape(picture)}",
            "(H, W) or (H, W, 1) for grey, (H, W, 3) for colours, with at least one point",
        )
    if values.dtype == np.uint8:
        return torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1)))
    if not np.issubdtype(values.dtype, np.floating) or not np.isfinite(values).all():
        raise DataError(
            f"a picture of {values.dtype}"
            + (", not all finite" if np.issubdtype(values.dtype, np.floating) else ""),
            "bytes (uint8), or finite fractions of white, from 0 to 1",
        )
    return torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1), dtype=np.float32))


def light(image: Tensor) -> Tensor:
    """As fractions of white, float32."""
    return image.float() / 255 if image.dtype == torch.uint8 else image


def of_channels(image: Tensor, channels: int) -> Tensor:
    """A grey picture as one of as many equal colours: (1, H, W) to (C, H, W)."""
    return image.expand(channels, -1, -1)


def channels_of(images: Sequence[Tensor]) -> int:
    """C: 1 if all pictures are grey, else 3."""
    return max(len(one) for one in images)


def middle(image: Tensor, most: int) -> Tensor:
    """The middle of a large picture, at most so many points each way."""
    height, width = (min(most, size) for size in image.shape[1:])
    top, left = (image.shape[1] - height) // 2, (image.shape[2] - width) // 2
    return image[:, top : top + height, left : left + width]


def filled_up(images: Tensor, least: int) -> Tensor:
    """With its last rows and columns repeated up to so many points: (B, C, H, W)."""
    down, right = (max(0, least - size) for size in images.shape[-2:])
    return (
        functional.pad(images, (0, right, 0, down), mode="replicate") if down or right else images
    )
