"""What differs while torch follows a call without numbers, as torch.compile and torch.export do."""

from __future__ import annotations

import torch
from torch import Tensor

is_traced = torch._C._len_torch_dispatch_stack
"""How many record or watch what is done; if any do, there may be no numbers. No more than a call
into torch, since it is asked each time."""


def holds(condition: Tensor, expected: str) -> bool:
    """Whether a condition holds throughout; while a call is traced it is asked when numbers come.

    Args:
        condition: The condition, true or false for each.
        expected: What a RuntimeError says was expected if it does not hold then.
    """
    if not is_traced():
        return bool(condition.all())
    torch._assert_async(condition.all(), f"expected {expected}")
    return True
