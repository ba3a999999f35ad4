"""The Laplace distribution, whose likelihood is the absolute error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.forecasting.segments.heads.scales import raw_of, scale_of


@dataclass(frozen=True)
class Laplace:
    """Median and mean absolute deviation; learned by the negative log-likelihood."""

    width: int = 1
    counts: bool = False

    def start(self, errors: Tensor) -> Tensor:
        """Their mean size."""
        return raw_of(errors.abs().mean()).reshape(1)

    def loss(self, place: Tensor, further: Tensor, truth: Tensor) -> Tensor:
        """The negative log-likelihood, (B, K)."""
        scale = scale_of(further[..., 0])
        return (truth - place).abs() / scale + torch.log(scale) + math.log(2)

    def quantile(self, place: Tensor, further: Tensor, at: Tensor) -> Tensor:
        """In closed form, (B, K, Q)."""
        scale = scale_of(further[..., :1])
        side = at - 0.5
        return place.unsqueeze(-1) - scale * side.sign() * torch.log1p(-2 * side.abs())
