"""What all poolings do."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from recurra.structures.lengths import Lengths


class Pooling(Protocol):
    """Makes one vector of the outputs of a recurrent layer."""

    def __call__(self, output: Tensor, lengths: Lengths | None = None) -> Tensor:
        """The vector of each row.

        Args:
            output: (B, T, D), T at least 1.
            lengths: The length of each row, (B,), from 0 to T; T if None.

        Returns:
            (B, D); zeros for a row of length 0.

        Raises:
            ShapeError: If the lengths do not fit.
        """
        ...
