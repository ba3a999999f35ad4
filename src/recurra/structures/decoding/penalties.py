"""How hypotheses of different lengths are compared: Wu et al. 2016, arXiv:1609.08144, eq. 14."""

from __future__ import annotations

import torch
from torch import Tensor


def length_divisor(length: int, alpha: float) -> float:
    """lp(Y) = (5 + |Y|)**alpha / (5 + 1)**alpha, by which a log-probability is divided.

    Args:
        length: |Y|, the hypothesis's symbols with its end mark.
        alpha: At least 0; 0 divides by 1.
    """
    return float(((5 + length) / 6) ** alpha)


def uncovered(seen: Tensor, there: Tensor) -> Tensor:
    """cp(X; Y) / beta: the sum over the source's steps of log(min(their attention so far, 1)).

    Args:
        seen: The sum of each step's attention weights so far, (..., T).
        there: False for padding, (..., T).

    Returns:
        (...), at most 0. What got no attention at all counts as the smallest normal number of its
        type, so that the sum stays finite.
    """
    least = torch.finfo(seen.dtype).tiny
    return torch.where(there, seen.clamp(least, 1.0).log(), 0.0).sum(dim=-1)
