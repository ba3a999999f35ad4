"""Some of many, at even distances."""

from __future__ import annotations

import torch
from torch import Tensor


def places(count: int, most: int) -> Tensor:
    """The places of so many at most, (min(count, most),) int64, the first and the last among them.

    Args:
        count: How many there are, at least 1.
        most: At least 1.
    """
    return torch.linspace(0, count - 1, min(count, most)).round().long()
