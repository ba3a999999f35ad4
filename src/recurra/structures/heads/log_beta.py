"""The logarithm of the beta function where differences of lgamma would lose every digit."""

from __future__ import annotations

import math

import torch
from torch import Tensor

_LARGE = 10.0
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
"""Coefficients of Stirling's series, Abramowitz & Stegun 6.1.41 (B_2k / 2k (2k - 1))."""


def log_beta(a: Tensor, b: Tensor) -> Tensor:
    """The logarithm of B(a, b) = Γ(a) Γ(b) / Γ(a + b), for a and b above 0.

    Of large arguments the logarithms are large and nearly cancel; Stirling's series cancels them
    by hand, as in Didonato & Morris 1992, ACM TOMS 18, algorithm 708. Relative to 1 or to the
    result, whichever is larger, within some units of the last place times the smaller argument's
    logarithm.
    """
    small, large = torch.minimum(a, b), torch.maximum(a, b)
    both_small = _by_lgamma(small.clamp(max=_LARGE), large.clamp(max=_LARGE))
    one_large = _one_large(small.clamp(max=_LARGE), large.clamp(min=_LARGE))
    both_large = _both_large(small.clamp(min=_LARGE), large.clamp(min=_LARGE))
    found = torch.where(large < _LARGE, both_small, one_large)
    return torch.where(small < _LARGE, found, both_large)


def _by_lgamma(a: Tensor, b: Tensor) -> Tensor:
    return a.lgamma() + b.lgamma() - (a + b).lgamma()


def _one_large(a: Tensor, b: Tensor) -> Tensor:
    """The smaller below 10, the larger above."""
    rest = _remainder(b) - _remainder(a + b)
    return a.lgamma() + rest + a - a * (a + b).log() + (b - 0.5) * torch.log1p(-a / (a + b))


def _both_large(a: Tensor, b: Tensor) -> Tensor:
    """Both above 10."""
    rest = _remainder(a) + _remainder(b) - _remainder(a + b)
    ratio = a / (a + b)
    logs = (a - 0.5) * ratio.log() + b * torch.log1p(-ratio)
    return rest + logs - 0.5 * b.log() + 0.5 * math.log(2 * math.pi)


def _remainder(x: Tensor) -> Tensor:
    """What Stirling's formula lacks of log Γ(x), for x of at least 10."""
    inverse = 1 / x
    square = inverse * inverse
    total = torch.zeros_like(x)
    for coefficient in reversed(_STIRLING):
        total = total * square + coefficient
    return total * inverse
