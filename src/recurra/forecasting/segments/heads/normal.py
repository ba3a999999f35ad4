"""The normal distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.forecasting.segments.heads.scales import raw_of, scale_of


@dataclass(frozen=True)
class Normal:
    """Mean and standard deviation; learned by the negative log-likelihood."""

    width: int = 1
    counts: bool = False

    def start(self, errors: Tensor) -> Tensor:
        """The root of their mean square."""
        return raw_of(errors.square().mean().sqrt()).reshape(1)

    def loss(self, place: Tensor, further: Tensor, truth: Tensor) -> Tensor:
        """The negative log-likelihood, (B, K)."""
        scale = scale_of(further[..., 0])
        away = (truth - place) / scale
        return 0.5 * away.square() + torch.log(scale) + 0.5 * math.log(2 * math.pi)

    def quantile(self, place: Tensor, further: Tensor, at: Tensor) -> Tensor:
        """Through the inverse of the normal distribution function, (B, K, Q)."""
        scale = scale_of(further[..., :1])
        standard: Tensor = torch.special.ndtri(at)
        return place.unsqueeze(-1) + scale * standard
