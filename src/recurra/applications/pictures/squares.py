"""Pictures of any sizes as squares of one size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from PIL import Image
from torch import Tensor

from recurra.applications.pictures.decoding import Pixels
from recurra.errors import DataError


def squares(pictures: Sequence[ArrayLike], side: int) -> Tensor:
    """Pictures whole in squares, made smaller or larger, their edges' colour around them.

    Args:
        pictures: Bytes, (H, W), (H, W, 1) or (H, W, 3) each, N of them, at least 1.
        side: S, the points of a side.

    Returns:
        Colours, uint8 (N, 3, S, S).

    Raises:
        DataError: If one is no picture.
    """
    return torch.from_numpy(np.stack([square(one, side) for one in pictures]).transpose(0, 3, 1, 2))


def square(picture: ArrayLike, side: int) -> Pixels:
    """One of them, (S, S, 3)."""
    points = _points(picture)
    height, width = points.shape[:2]
    size, (left, top) = framing(height, width, side)
    smaller = side < max(height, width)
    made = Image.fromarray(points).resize(size, Image.Resampling.BOX if smaller else None)
    around = ((top, side - size[1] - top), (left, side - size[0] - left), (0, 0))
    return np.pad(np.asarray(made), around, mode="edge")


def framing(height: int, width: int, side: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where a picture of H x W points lies in its square.

    Args:
        height: H, at least 1.
        width: W, at least 1.
        side: S, the points of a side.

    Returns:
        How wide and high it is there, and how far from the left and from the top.
    """
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return size, ((side - size[0]) // 2, (side - size[1]) // 2)


def _points(picture: ArrayLike) -> Pixels:
    """As colours, (H, W, 3).

    Raises:
        DataError: If it is no picture.
    """
    values = np.asarray(picture)
    values = values[:, :, None] if values.ndim == 2 else values
    if (
        values.dtype != np.uint8
        or values.ndim != 3
        or values.shape[2] not in {1, 3}
        or 0 in values.shape
    ):
        raise DataError(
            f"a picture of shape {np.shape(picture)} and {values.dtype}",
            "bytes (uint8), (H, W) or (H, W, 1) for grey, (H, W, 3) for colours",
        )
    return np.ascontiguousarray(np.broadcast_to(values, (*values.shape[:2], 3)))
