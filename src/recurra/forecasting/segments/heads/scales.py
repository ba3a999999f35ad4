"""Spreads as exponentials, so that any number of a network gives one above 0."""

from __future__ import annotations

import math

import torch
from torch import Tensor

LEAST, MOST = 1e-4, 1e4
"""In the units of a window, beyond which no spread goes: a series that stands still has none."""


def scale_of(raw: Tensor) -> Tensor:
    """The spread that a number stands for, from LEAST to MOST."""
    return torch.exp(raw.clamp(math.log(LEAST), math.log(MOST)))


def raw_of(scale: Tensor) -> Tensor:
    """The number that stands for a spread."""
    return torch.log(scale.clamp(LEAST, MOST))
