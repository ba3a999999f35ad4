"""Image to image: as many points out as in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod

from torch import Tensor, nn

from recurra.errors import OptionError
from recurra.structures.heads.dense import dense
from recurra.structures.patches import from_patches
from recurra.structures.sweep import check_images
from recurra.structures.sweeps import Sweeps


class ImageToImage(nn.Module):
    """Sweeps over an image, and what they make of it added to the image.

    It starts as that which leaves images as they are, and learns the difference.

    Args:
        sweeps: One on another, at least one; each takes the channels that the one before gives.

    Raises:
        OptionError: If there are none, or they do not fit each other.
    """

    def __init__(self, sweeps: Sequence[Sweeps]) -> None:
        super().__init__()
        if not sweeps:
            raise OptionError("no sweeps", "at least one")
        for below, above in pairwise(sweeps):
            if above.channels != below.output_size:
                raise OptionError(
                    f"sweeps over {above.channels} channels on {below.output_size}", "the same"
                )
        self.channels = sweeps[0].channels
        self.patch = (prod(s.patch[0] for s in sweeps), prod(s.patch[1] for s in sweeps))
        self.sweeps = nn.Sequential(*sweeps)
        like = next(sweeps[0].parameters())
        self.head = dense(
            sweeps[-1].output_size,
            self.channels * prod(self.patch),
            device=like.device,
            dtype=like.dtype,
        )
        nn.init.zeros_(self.head.weight)

    def forward(self, images: Tensor) -> Tensor:
        """An image for each image.

        Args:
            images: (B, C, H, W), none of them 0; H and W need be no multiples of a patch.

        Returns:
            (B, C, H, W).

        Raises:
            ShapeError: If the images have another shape.
        """
        check_images(images, self.channels)
        height, width = images.shape[-2:]
        points = self.head(self.sweeps(images).movedim(1, -1)).movedim(-1, 1)
        return images + from_patches(points, self.patch)[..., :height, :width]
