"""Numbers with a normal distribution."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from recurra.structures.heads.dense import dense
from recurra.structures.heads.noise import normal
from recurra.structures.heads.positive import check_floor, positive
from recurra.structures.heads.steps import check_features, mean_over_steps
from recurra.structures.lengths import Lengths


class GaussianParameters(NamedTuple):
    """Of a normal distribution, (..., D) each: its mean, and its standard deviation."""

    mean: Tensor
    scale: Tensor


class Gaussian(nn.Module):
    """D numbers, each normal by itself: mean W h + b, standard deviation softplus(V h + c).

    Salinas, Flunkert, Gasthaus & Januschowski 2020, "DeepAR" (arXiv:1704.04110), section 3.1.

    Args:
        feature_size: F, the numbers that an answer is made of, at least 1.
        size: D, at least 1.
        min_scale: What is added to the standard deviation, above 0, in the targets' unit.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        OptionError: If a number is out of range.
    """

    def __init__(
        self,
        feature_size: int,
        size: int = 1,
        *,
        min_scale: float = 1e-6,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.feature_size = feature_size
        self.size = size
        self.min_scale = check_floor("min_scale", min_scale)
        self.location = dense(feature_size, size, device=device, dtype=dtype)
        self.spread = dense(feature_size, size, device=device, dtype=dtype)

    def forward(self, features: Tensor) -> GaussianParameters:
        """Mean and standard deviation: (..., F) to (..., D) each.

        Raises:
            ShapeError: If the features are not F wide.
        """
        check_features(features, self.feature_size)
        scale = positive(self.spread(features), self.min_scale)
        return GaussianParameters(self.location(features), scale)

    def nll(self, features: Tensor, targets: Tensor) -> Tensor:
        """The negative log-likelihood of each step in nats: (..., F) and (..., D) to (...)."""
        mean, scale = self.forward(features)
        z = (targets - mean) / scale
        return (0.5 * z.square() + scale.log() + 0.5 * math.log(2 * math.pi)).sum(-1)

    def loss(self, features: Tensor, targets: Tensor, lengths: Lengths | None = None) -> Tensor:
        """The mean negative log-likelihood of a step; see :class:`~recurra.structures.heads.Head`.

        Args:
            features: (..., F); (B, T, F) if lengths are given.
            targets: (..., D).
            lengths: The length of each row, (B,); T if None.

        Raises:
            ShapeError: If shapes do not fit, or there is no step.
        """
        return mean_over_steps(self.nll, features, targets, lengths, (self.size,))

    @torch.no_grad()
    def sample(self, features: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Numbers for each step, drawn: (..., F) to (..., D)."""
        mean, scale = self.forward(features)
        return mean + scale * normal(mean, generator)

    def mean(self, features: Tensor) -> Tensor:
        """(..., F) to (..., D)."""
        return self.forward(features).mean
