"""Tensors as code can read them."""

from __future__ import annotations

from torch import Tensor


def as_numbers(tensor: Tensor) -> Tensor:
    """The same, row after row in memory, each number as it is.

    Torch may keep a tensor as the negative of what lies in memory, or as zeros that lie nowhere.
    """
    if tensor._is_zerotensor():
        return tensor.clone()
    return tensor.resolve_neg().contiguous()
