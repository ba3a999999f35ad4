"""How long the rows of a batch are, as users give it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import torch
from torch import Tensor

from recurra.errors import ShapeError
from recurra.kernels.tracing import holds

Lengths: TypeAlias = "Tensor | Sequence[int]"
"""How many steps each row has, (B,), in any order, from 0 to T."""


def checked(lengths: Lengths, steps: int, rows: int, device: torch.device) -> Tensor:
    """The length of each row as a whole number, (B,).

    Args:
        lengths: As users give them.
        steps: T, the most that one may be.
        rows: B.
        device: Where they shall lie.

    Raises:
        ShapeError: If there is no whole number from 0 to T for each row.
    """
    found = torch.as_tensor(lengths, device=device)
    whole = not (found.is_floating_point() or found.is_complex() or found.dtype == torch.bool)
    if found.shape != (rows,) or not whole:
        raise ShapeError(
            f"lengths of shape {tuple(found.shape)} and type {found.dtype}",
            f"a whole number for each of the {rows} rows",
            "lengths=torch.tensor([...]), in any order; 0 for an empty row",
        )
    if not holds((found >= 0) & (found <= steps), "lengths from 0 to the input's steps"):
        raise ShapeError(
            f"lengths from {int(found.min())} to {int(found.max())}",
            f"from 0 to {steps}, the steps of the input",
            "pad the sequences to the longest of them",
        )
    return found.to(torch.int64)
