"""Gradients in the form in which a step needs them."""

from __future__ import annotations

import torch
from torch import Tensor

from recurra.errors import ShapeError


@torch.no_grad()
def dense(weight: Tensor, gradient: Tensor) -> Tensor:
    """A gradient of the weight's type that is not sparse: itself, or a copy.

    Raises:
        ShapeError: Its shape is not the weight's, which can only be if the weight was given other
            data since.
    """
    if gradient.shape != weight.shape:
        raise ShapeError(
            f"A parameter has shape {tuple(weight.shape)}, its gradient {tuple(gradient.shape)}.",
            "one shape for both",
            "call optimizer.zero_grad() after a parameter's data are replaced",
        )
    found = gradient if gradient.layout is torch.strided else gradient.to_dense()
    return found.to(weight.dtype)


@torch.no_grad()
def readable(weight: Tensor, gradient: Tensor) -> Tensor:
    """A gradient whose numbers compiled code finds where it lies: itself, or a copy.

    Raises:
        ShapeError: As `dense`.
    """
    found = dense(weight, gradient).contiguous().resolve_neg()
    # torch has tensors of zeros without memory.
    return found if found.data_ptr() else torch.zeros_like(found)
