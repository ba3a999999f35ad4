"""Counts that scatter more than a Poisson variable."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from recurra.errors import ShapeError
from recurra.kernels.tracing import holds
from recurra.structures.heads.dense import dense
from recurra.structures.heads.log_beta import log_beta
from recurra.structures.heads.positive import check_floor, positive
from recurra.structures.heads.steps import check_features, mean_over_steps
from recurra.structures.lengths import Lengths


class NegativeBinomialParameters(NamedTuple):
    """Of a negative binomial, (..., D) each: mean μ, and α such that the variance is μ + α μ²."""

    mean: Tensor
    dispersion: Tensor


class NegativeBinomial(nn.Module):
    """D counts, each negative binomial by itself: sales, visits, faults.

    Salinas, Flunkert, Gasthaus & Januschowski 2020, "DeepAR" (arXiv:1704.04110), section 3.1: mean
    and dispersion are softplus of dense layers.

    Args:
        feature_size: F, the numbers that an answer is made of, at least 1.
        size: D, at least 1.
        min_dispersion: What is added to mean and dispersion, above 0; 0 would be Poisson.
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
        min_dispersion: float = 1e-6,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.feature_size = feature_size
        self.size = size
        self.min_dispersion = check_floor("min_dispersion", min_dispersion)
        self.location = dense(feature_size, size, device=device, dtype=dtype)
        self.spread = dense(feature_size, size, device=device, dtype=dtype)

    def forward(self, features: Tensor) -> NegativeBinomialParameters:
        """Mean and dispersion: (..., F) to (..., D) each.

        Raises:
            ShapeError: If the features are not F wide.
        """
        check_features(features, self.feature_size)
        return NegativeBinomialParameters(
            positive(self.location(features), self.min_dispersion),
            positive(self.spread(features), self.min_dispersion),
        )

    def nll(self, features: Tensor, targets: Tensor) -> Tensor:
        """The negative log-likelihood of each step in nats: (..., F) and (..., D) to (...)."""
        _check_counts(targets)
        mean, dispersion = self.forward(features)
        z, r = targets.to(mean.dtype), 1 / dispersion
        chances = log_beta(r, z + 1) + (r + z).log()
        stays = r * torch.log1p(mean / r)
        goes = z * torch.log1p(r / mean)
        return (chances + stays + goes).sum(-1)

    def loss(self, features: Tensor, targets: Tensor, lengths: Lengths | None = None) -> Tensor:
        """The mean negative log-likelihood of a step; see :class:`~recurra.structures.heads.Head`.

        Args:
            features: (..., F); (B, T, F) if lengths are given.
            targets: Counts of 0 or more, of any type, (..., D).
            lengths: The length of each row, (B,); T if None.

        Raises:
            ShapeError: If shapes do not fit, a target is no count, or there is no step.
        """
        return mean_over_steps(self.nll, features, targets, lengths, (self.size,))

    @torch.no_grad()
    def sample(self, features: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Counts for each step, drawn: (..., F) to (..., D), of the features' type."""
        mean, dispersion = self.forward(features)
        # torch.distributions draws from the same function, but from torch's own chance alone.
        rate = torch._standard_gamma(1 / dispersion, generator=generator) * dispersion * mean
        return torch.poisson(rate, generator=generator)

    def mean(self, features: Tensor) -> Tensor:
        """(..., F) to (..., D)."""
        return self.forward(features).mean


def _check_counts(targets: Tensor) -> None:
    if not holds((targets >= 0) & (targets == targets.floor()), "counts of 0 or more"):
        raise ShapeError(
            f"targets from {targets.min():g} to {targets.max():g}, or that are not whole",
            "counts: whole numbers of 0 or more",
            "do not scale counts; leave padding out by lengths=",
        )
