"""Quantiles that cannot cross."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

BELOW = (0.025, 0.05, 0.1, 0.2, 0.3, 0.4)
"""Those below the median; those above it lie as far from 1."""

AT = (*BELOW, 0.5, *(1 - p for p in reversed(BELOW)))

SIDE = len(BELOW)

NARROWEST = 1e-5
"""The least that quantiles lie apart when training starts, in the units of a window."""


@dataclass(frozen=True)
class Quantiles:
    """The median and twelve more; learned by the pinball loss (Koenker & Bassett 1978).

    Each lies a positive step beyond the one before it, counted from the median, so that they never
    cross. Between them the distribution function is straight; beyond the outermost it goes on as an
    exponential, as steep as between the last two.
    """

    width: int = 2 * SIDE
    counts: bool = False

    def start(self, errors: Tensor) -> Tensor:
        """Those of the errors about their median."""
        found = torch.quantile(errors, errors.new_tensor(AT))
        gaps = found.diff().clamp(min=NARROWEST)
        # What softplus takes to the gap; for large ones that is the gap itself.
        return torch.where(gaps > 10, gaps, torch.log(torch.expm1(gaps.clamp(max=10))))

    def loss(self, place: Tensor, further: Tensor, truth: Tensor) -> Tensor:
        """Twice the mean of the pinball losses, (B, K): the median's is the absolute error."""
        over = truth.unsqueeze(-1) - _knots(place, further)
        at = over.new_tensor(AT)
        return 2 * torch.maximum(at * over, (at - 1) * over).mean(-1)

    def quantile(self, place: Tensor, further: Tensor, at: Tensor) -> Tensor:
        """Between the knots, and beyond them, (B, K, Q)."""
        knots, levels = _knots(place, further), at.new_tensor(AT)
        below = (torch.searchsorted(levels, at, right=True) - 1).clamp(0, len(AT) - 2)
        part = (at - levels[below]) / (levels[below + 1] - levels[below])
        low, high = knots[..., below], knots[..., below + 1]
        inside = low + part.clamp(0, 1).to(low.dtype) * (high - low)
        lower = torch.log(levels[0] / at).clamp(min=0) / torch.log(levels[1] / levels[0])
        upper = torch.log(levels[0] / (1 - at)).clamp(min=0) / torch.log(levels[1] / levels[0])
        first = knots[..., 1:2] - knots[..., :1]
        last = knots[..., -1:] - knots[..., -2:-1]
        return inside - lower.to(low.dtype) * first + upper.to(low.dtype) * last


def _knots(place: Tensor, further: Tensor) -> Tensor:
    """The quantiles at AT, (B, K, len(AT))."""
    gaps = nn.functional.softplus(further)
    middle = place.unsqueeze(-1)
    under = middle - gaps[..., :SIDE].flip(-1).cumsum(-1).flip(-1)
    return torch.cat([under, middle, middle + gaps[..., SIDE:].cumsum(-1)], -1)
