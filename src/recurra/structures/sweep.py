"""An image read as sequences of points, row by row or column by column."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra.errors import ShapeError
from recurra.layers import Recurrent
from recurra.structures.requirements import needs_batch_first


class RowSweep(nn.Module):
    """Reads each row of an image from left to right, and back if the layer has two directions.

    All rows run side by side, as B H sequences of W steps.

    Args:
        recurrent: What reads: it takes (B, T, I), I = C.

    Raises:
        OptionError: If it takes (T, B, I).
    """

    def __init__(self, recurrent: Recurrent) -> None:
        super().__init__()
        needs_batch_first(recurrent)
        self.recurrent = recurrent

    def forward(self, images: Tensor) -> Tensor:
        """The layer's output at each point.

        Args:
            images: (B, C, H, W), none of them 0.

        Returns:
            (B, recurrent.output_size, H, W).

        Raises:
            ShapeError: If the images have another shape.
        """
        check_images(images, self.recurrent.input_size)
        rows = images.permute(0, 2, 3, 1).flatten(0, 1)
        output: Tensor = self.recurrent(rows)[0]
        return torch.unflatten(output, 0, (len(images), -1)).permute(0, 3, 1, 2)


class ColumnSweep(nn.Module):
    """Reads each column of an image from top to bottom, and back if the layer has two directions.

    All columns run side by side, as B W sequences of H steps.

    Args:
        recurrent: What reads: it takes (B, T, I), I = C.

    Raises:
        OptionError: If it takes (T, B, I).
    """

    def __init__(self, recurrent: Recurrent) -> None:
        super().__init__()
        needs_batch_first(recurrent)
        self.recurrent = recurrent

    def forward(self, images: Tensor) -> Tensor:
        """The layer's output at each point: (B, C, H, W) to (B, recurrent.output_size, H, W).

        Raises:
            ShapeError: If the images have another shape.
        """
        check_images(images, self.recurrent.input_size)
        columns = images.permute(0, 3, 2, 1).flatten(0, 1)
        output: Tensor = self.recurrent(columns)[0]
        return torch.unflatten(output, 0, (len(images), -1)).permute(0, 3, 2, 1)


def check_images(images: Tensor, channels: int) -> None:
    """Refuses what is no batch of images of so many channels.

    Raises:
        ShapeError: If it is not.
    """
    if images.dim() != 4 or images.shape[1] != channels or 0 in images.shape:
        raise ShapeError(
            f"images of shape {tuple(images.shape)}",
            f"(B, C, H, W) with C = {channels} and at least one point",
            "a single image (C, H, W) becomes a batch of one by image.unsqueeze(0)",
        )
