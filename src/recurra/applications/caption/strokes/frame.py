"""A picture as the ink in a square, and the way of its points there and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from recurra.applications.caption.strokes.notation import Stroke
from recurra.applications.pictures import Pixels, framing, square


@dataclass(frozen=True)
class Frame:
    """Where a picture lies in a square of S points a side.

    Attributes:
        width: Of the picture, in points.
        height: Of the picture, in points.
        grain: What a point of the picture is in points of the square, to the right and down.
        corner: The picture's upper left corner, from the middle of the square.
    """

    width: int
    height: int
    grain: tuple[float, float]
    corner: tuple[float, float]

    @classmethod
    def of(cls, height: int, width: int, side: int) -> Frame:
        """That of a picture of so many points."""
        size, (left, top) = framing(height, width, side)
        grain = size[0] / width, size[1] / height
        return cls(width, height, grain, (left - side / 2, top - side / 2))

    def into(self, stroke: Stroke) -> Tensor:
        """Points of the picture as points of the square from its middle, (P, 2)."""
        return torch.from_numpy(np.float32(stroke * np.array(self.grain) + np.array(self.corner)))

    def back(self, stroke: Tensor) -> Stroke:
        """The other way."""
        found: NDArray[np.float64] = (stroke.numpy() - np.array(self.corner)) / np.array(self.grain)
        return found.astype(np.float32)


def framed(picture: ArrayLike, side: int) -> tuple[Tensor, Frame]:
    """A picture's ink in a square (S, S), from 0 to 1, and where it lies there.

    Ink is what differs from the ground, which most of the square is: dark on light, or the other
    way.

    Args:
        picture: Bytes, (H, W), (H, W, 1) or (H, W, 3).
        side: S.

    Raises:
        DataError: If it is no picture.
    """
    seen: Pixels = square(picture, side)
    grey = torch.from_numpy(seen.astype(np.float32)).mean(-1) / 255
    height, width = np.shape(picture)[:2]
    return (grey - grey.median()).abs(), Frame.of(height, width, side)
