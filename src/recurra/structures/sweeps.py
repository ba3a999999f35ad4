"""An image read in all directions."""

from __future__ import annotations

from torch import Tensor, nn

from recurra.errors import OptionError
from recurra.layers import Recurrent
from recurra.structures.patches import Patch, to_patches
from recurra.structures.sweep import ColumnSweep, RowSweep, check_images


class Sweeps(nn.Module):
    """A layer of ReNet: patches, read along columns, and what comes of it along rows.

    Visin, Kastner, Cho, Matteucci, Courville & Bengio 2015 (arXiv:1505.00393), section 2, eq. 1 to
    3. With layers of two directions each point of the output has seen the whole image.

    Args:
        columns: What reads the columns: I = C p q, the numbers in a patch.
        rows: What reads the rows: I = ``columns.output_size``.
        patch: (p, q), height and width of a patch, at least 1; an image is filled up with 0 at its
            bottom and right to whole patches.

    Raises:
        OptionError: If the sizes do not fit each other.
    """

    def __init__(self, columns: Recurrent, rows: Recurrent, patch: Patch = (1, 1)) -> None:
        super().__init__()
        if len(patch) != 2 or min(patch) < 1 or columns.input_size % (patch[0] * patch[1]):
            raise OptionError(
                f"patch={patch} with columns.input_size={columns.input_size}",
                "height and width of at least 1, and an input_size of C times their product",
                "input_size=channels * patch[0] * patch[1]",
            )
        if rows.input_size != columns.output_size:
            raise OptionError(
                f"rows.input_size={rows.input_size} after columns.output_size="
                f"{columns.output_size}",
                "the same",
            )
        self.patch: Patch = (patch[0], patch[1])
        self.columns = ColumnSweep(columns)
        self.rows = RowSweep(rows)

    @property
    def channels(self) -> int:
        """C, the channels of the images that are read."""
        return self.columns.recurrent.input_size // (self.patch[0] * self.patch[1])

    @property
    def output_size(self) -> int:
        """D, the channels of the output."""
        return self.rows.recurrent.output_size

    def forward(self, images: Tensor) -> Tensor:
        """The output at each patch.

        Args:
            images: (B, C, H, W), none of them 0.

        Returns:
            (B, D, H / p rounded up, W / q rounded up).

        Raises:
            ShapeError: If the images have another shape.
        """
        check_images(images, self.channels)
        found: Tensor = self.rows(self.columns(to_patches(images, self.patch)))
        return found
