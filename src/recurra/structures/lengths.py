"""Which steps of a padded batch are there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import torch
from torch import Tensor

from recurra.errors import ShapeError
from recurra.kernels.order import running
from recurra.kernels.tracing import holds

Lengths: TypeAlias = "Tensor | Sequence[int]"
"""How many steps each row has, (B,), in any order, from 0 to T."""


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
    found = torch.as_tensor(lengths, device=like.device)
    whole = not (found.is_floating_point() or found.is_complex() or found.dtype == torch.bool)
    if found.shape != (rows,) or not whole:
        raise ShapeError(
            f"lengths of shape {tuple(found.shape)} and type {found.dtype}",
            f"a whole number for each of the {rows} rows",
            "lengths=torch.tensor([...]), in any order; 0 for an empty row",
        )
    if not holds((found >= 0) & (found <= steps), f"lengths from 0 to {steps}"):
        raise ShapeError(
            f"lengths from {int(found.min())} to {int(found.max())}",
            f"from 0 to {steps}, the steps of the batch",
            "pad the sequences to the longest of them",
        )
    return found.to(torch.int64)
