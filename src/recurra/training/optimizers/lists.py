"""Equations on lists of tensors, an operation of torch at a time."""

from __future__ import annotations

from typing import Any, TypeAlias

import torch
from torch import Tensor

List: TypeAlias = tuple[Tensor, ...] | list[Tensor]


class Lists:
    """Arithmetic on all tensors of a list, of any type, on any device, with another or a number."""

    def add(self, a: List, b: Any) -> List:
        """A + b."""
        return torch._foreach_add(a, b)

    def subtract(self, a: List, b: Any) -> List:
        """A - b."""
        return torch._foreach_sub(a, b)

    def multiply(self, a: List, b: Any) -> List:
        """A times b."""
        return torch._foreach_mul(a, b)

    def divide(self, a: List, b: Any) -> List:
        """A / b."""
        return torch._foreach_div(a, b)

    def add_product(self, a: List, b: List, c: Any) -> List:
        """A + b c."""
        if isinstance(c, float | int):
            return torch._foreach_add(a, b, alpha=c)
        return torch._foreach_addcmul(a, b, c)

    def root(self, a: List) -> List:
        """The square root."""
        return torch._foreach_sqrt(a)
