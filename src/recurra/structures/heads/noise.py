"""Chance of a tensor's shape, type and device."""

from __future__ import annotations

import torch
from torch import Tensor


def normal(like: Tensor, generator: torch.Generator | None) -> Tensor:
    """Standard normal numbers."""
    return torch.randn(like.shape, generator=generator, device=like.device, dtype=like.dtype)


def uniform(like: Tensor, generator: torch.Generator | None) -> Tensor:
    """Numbers from 0 up to but not 1, all as likely."""
    return torch.rand(like.shape, generator=generator, device=like.device, dtype=like.dtype)
