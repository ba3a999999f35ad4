"""How near a picture comes to another."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

MOST = 100.0
"""Decibels of pictures that are the same, or as good as that."""

WINDOW, DEVIATION = 11, 1.5
"""Of the Gaussian window, in points (Wang et al. 2004, section III.C)."""

SMALL_MEAN, SMALL_VARIANCE = 0.01**2, 0.03**2
"""What keeps a share of nothing by nothing finite, C1 and C2 where white is 1 (eq. 7 and 9)."""


def decibels(mean_square: float) -> float:
    """The peak signal-to-noise ratio of an error, where white is 1; at most 100."""
    return min(MOST, -10 * math.log10(max(mean_square, 1e-12)))


def psnr(image: Tensor, clean: Tensor) -> float:
    """The peak signal-to-noise ratio in decibels, of pictures (C, H, W) from 0 to 1."""
    return decibels(float((image - clean).double().square().mean()))


def ssim(image: Tensor, clean: Tensor) -> float:
    """The structural similarity, at most 1: the mean over all whole windows, and over colours.

    Wang, Bovik, Sheikh & Simoncelli 2004, "Image quality assessment: from error visibility to
    structural similarity", eq. 13 to 17: windows of 11 x 11 points with Gaussian weights.

    Args:
        image: (C, H, W) from 0 to 1, H and W at least 11.
        clean: Likewise.
    """
    x, y = (one.double().unsqueeze(1) for one in (image, clean))
    mean_x, mean_y = _blurred(x), _blurred(y)
    variance_x = _blurred(x * x) - mean_x**2
    variance_y = _blurred(y * y) - mean_y**2
    covariance = _blurred(x * y) - mean_x * mean_y
    light = (2 * mean_x * mean_y + SMALL_MEAN) / (mean_x**2 + mean_y**2 + SMALL_MEAN)
    structure = (2 * covariance + SMALL_VARIANCE) / (variance_x + variance_y + SMALL_VARIANCE)
    return float((light * structure).mean())


def _blurred(images: Tensor) -> Tensor:
    """The weighted mean of each whole window: (C, 1, H, W) to (C, 1, H - 10, W - 10)."""
    places = torch.arange(WINDOW, dtype=images.dtype) - WINDOW // 2
    weights = torch.exp(-(places**2) / (2 * DEVIATION**2))
    weights /= weights.sum()
    down = functional.conv2d(images, weights.view(1, 1, -1, 1))
    return functional.conv2d(down, weights.view(1, 1, 1, -1))
