"""Numbers with heavier tails than normal ones."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from recurra.structures.heads.dense import dense
from recurra.structures.heads.log_beta import log_beta
from recurra.structures.heads.noise import uniform
from recurra.structures.heads.positive import check_floor, positive
from recurra.structures.heads.steps import check_features, mean_over_steps
from recurra.structures.lengths import Lengths

_FAR = 1e4


class StudentTParameters(NamedTuple):
    """Of Student's t, (..., D) each: degrees of freedom above 2, location, scale."""

    freedom: Tensor
    location: Tensor
    scale: Tensor


class StudentT(nn.Module):
    """D numbers, each with Student's t distribution by itself, of finite variance.

    Degrees of freedom 2 + softplus, location linear, scale softplus in the features: an outlier
    pulls the location less than with :class:`~recurra.structures.heads.Gaussian`.

    Args:
        feature_size: F, the numbers that an answer is made of, at least 1.
        size: D, at least 1.
        min_scale: What is added to the scale, above 0, in the targets' unit.
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
        self.tails = dense(feature_size, size, device=device, dtype=dtype)
        self.location = dense(feature_size, size, device=device, dtype=dtype)
        self.spread = dense(feature_size, size, device=device, dtype=dtype)

    def forward(self, features: Tensor) -> StudentTParameters:
        """Degrees of freedom, location and scale: (..., F) to (..., D) each.

        Raises:
            ShapeError: If the features are not F wide.
        """
        check_features(features, self.feature_size)
        return StudentTParameters(
            positive(self.tails(features), 2.0),
            self.location(features),
            positive(self.spread(features), self.min_scale),
        )

    def nll(self, features: Tensor, targets: Tensor) -> Tensor:
        """The negative log-likelihood of each step in nats: (..., F) and (..., D) to (...)."""
        freedom, location, scale = self.forward(features)
        normaliser = log_beta(torch.full_like(freedom, 0.5), freedom / 2) + 0.5 * freedom.log()
        far = _log_one_plus_square((targets - location) / scale / freedom.sqrt())
        return (normaliser + scale.log() + 0.5 * (freedom + 1) * far).sum(-1)

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
        """Numbers for each step, drawn: (..., F) to (..., D).

        By the polar method of Bailey 1994, Mathematics of Computation 62, which needs no gamma.
        """
        freedom, location, scale = self.forward(features)
        u, v = 1 - uniform(location, generator), uniform(location, generator)
        radius = (freedom * torch.expm1(-2 / freedom * u.log())).sqrt()
        return location + scale * radius * torch.cos(2 * math.pi * v)

    def mean(self, features: Tensor) -> Tensor:
        """(..., F) to (..., D)."""
        return self.forward(features).location


def _log_one_plus_square(u: Tensor) -> Tensor:
    """log(1 + u²), where u² may be more than a float holds."""
    near = torch.log1p(u.clamp(-_FAR, _FAR).square())
    return torch.where(u.abs() < _FAR, near, 2 * u.abs().clamp(min=_FAR).log())
