"""How near a picture comes to the clean one."""

from __future__ import annotations

import math

from torch import Tensor


def decibels(mean_square: float) -> float:
    """The peak signal-to-noise ratio of an error, where white is 1."""
    return -10 * math.log10(mean_square)


def psnr(image: Tensor, clean: Tensor) -> float:
    """The peak signal-to-noise ratio in decibels."""
    return decibels(float((image - clean).double().square().mean()))
