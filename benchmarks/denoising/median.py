"""The classical filter beside it."""

from __future__ import annotations

import torch
from measures import decibels
from pictures import noisy
from scipy.ndimage import median_filter
from settings import MEDIAN_NOISE
from torch import Tensor

SIZES = (3, 5)


def filtered(image: Tensor, size: int) -> Tensor:
    """The median of size x size points around each: (1, H, W)."""
    return torch.from_numpy(median_filter(image.numpy(), size=(1, size, size)))


def best_size(pictures: Tensor) -> int:
    """The size with the least error on training pictures (N, 1, H, W)."""
    given = noisy(pictures, torch.Generator().manual_seed(MEDIAN_NOISE))
    errors = {size: _error(given, pictures, size) for size in SIZES}
    for size, error in errors.items():
        print(f"median {size} x {size} on training pictures: {decibels(error):.2f} dB", flush=True)
    return min(SIZES, key=lambda size: errors[size])


def _error(given: Tensor, clean: Tensor, size: int) -> float:
    found = torch.stack([filtered(image, size) for image in given])
    return float((found - clean).square().mean())
