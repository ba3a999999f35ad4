"""Pointwise functions that torch does not offer in the form that the language means."""

from __future__ import annotations

import torch
from torch import Tensor


def softplus(a: Tensor) -> Tensor:
    """ln(1 + exp(a)); unlike torch's own exact for large values too."""
    return torch.logaddexp(a, a.new_zeros(()))


def log_sigmoid(a: Tensor) -> Tensor:
    """ln(1 / (1 + exp(-a)))."""
    return -torch.logaddexp(-a, a.new_zeros(()))


def greater(a: Tensor, b: Tensor) -> Tensor:
    """1 where a > b, else 0, as numbers."""
    return (a > b).to(torch.promote_types(a.dtype, b.dtype))


def equal(a: Tensor, b: Tensor) -> Tensor:
    """1 where both are the same, else 0, as numbers."""
    return (a == b).to(torch.promote_types(a.dtype, b.dtype))


def where(condition: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """A where the condition is not 0, else b."""
    return torch.where(condition != 0, a, b)
