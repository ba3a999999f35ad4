"""Which steps of a padded batch are there."""

from __future__ import annotations

from torch import Tensor

from recurra.kernels.order import running
from recurra.layers import lengths as lengths_of
from recurra.layers.lengths import Lengths

__all__ = ["Lengths", "checked", "live_steps"]


def live_steps(lengths: Lengths, like: Tensor) -> Tensor:
    """Whether each row has not yet ended at each step.

    Args:
        lengths: The length of each row, (B,), from 0 to T.
        like: What has those rows and steps, (B, T, ...).

    Returns:
        (B, T), booleans.

    Raises:
        ShapeError: If there is no whole number from 0 to T for each row.
    """
    return running(checked(lengths, like), like.shape[1]).transpose(0, 1)


def checked(lengths: Lengths, like: Tensor) -> Tensor:
    """The lengths as whole numbers, (B,), where they fit; see :func:`live_steps`."""
    rows, steps = like.shape[:2]
    return lengths_of.checked(lengths, steps, rows, like.device)
