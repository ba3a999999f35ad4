"""Parameters that must be above 0."""

from __future__ import annotations

import math

from torch import Tensor
from torch.nn import functional

from recurra.errors import OptionError


def positive(raw: Tensor, floor: float) -> Tensor:
    """log(1 + exp(raw)), never below a floor: nearly raw where it is large."""
    return functional.softplus(raw) + floor


def check_floor(name: str, value: float) -> float:
    """Refuses what is no finite number above 0.

    Raises:
        OptionError: If it is not.
    """
    if not (math.isfinite(value) and value > 0):
        raise OptionError(f"{name}={value!r}", "a finite number above 0")
    return value
