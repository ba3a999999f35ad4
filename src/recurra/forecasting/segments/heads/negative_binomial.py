"""The negative binomial distribution, for counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

LEAST, MOST = 1e-3, 20.0
"""The excess of variance: from what is nearly Poisson to what is mostly zero."""

SMALLEST = 1e-6
"""No mean is taken for less."""

POINTS = 512
"""Points of the distribution function that is inverted: exact where that is all there are."""


@dataclass(frozen=True)
class NegativeBinomial:
    """Mean m and excess a, variance m + a m^2; learned by the negative log-likelihood.

    As in Hilbe 2011, *Negative Binomial Regression*, NB2. The mean is the softplus of the place,
    which for more than a few is the place itself.
    """

    width: int = 1
    counts: bool = True

    def start(self, errors: Tensor) -> Tensor:
        """A tenth, whatever they are: the mean carries most of the variance of counts."""
        return errors.new_tensor([math.log(0.1)])

    def loss(self, place: Tensor, further: Tensor, truth: Tensor) -> Tensor:
        """The negative log-likelihood, (B, K)."""
        mean, size = _parameters(place, further)
        return -_log_mass(torch.round(truth.double()).clamp(min=0), mean, size).to(place.dtype)

    def quantile(self, place: Tensor, further: Tensor, at: Tensor) -> Tensor:
        """The least count that is not exceeded with that probability, (B, K, Q).

        Exact up to 500; between a few hundred points of the distribution function where counts may
        be larger.
        """
        mean, size = (one.unsqueeze(-1) for one in _parameters(place, further))
        counts = _counts(mean, torch.sqrt(mean + mean.square() / size))
        mass = torch.exp(_log_mass(counts, mean, size))
        return _inverted(counts, mass, at).to(place.dtype)


def _counts(mean: Tensor, deviation: Tensor) -> Tensor:
    """The counts that matter, (B, K, POINTS), rising; all of them where they are no more.

    Args:
        mean: (B, K, 1).
        deviation: Likewise.
    """
    most = (mean + 16 * deviation + 16).ceil()
    # Evenly about the mean, for what is narrow; in their logarithms, for what lies mostly near 0.
    part = torch.linspace(0, 1, POINTS // 2, dtype=torch.float64)
    first, last = (mean - 8 * deviation).clamp(min=0), torch.minimum(mean + 8 * deviation, most)
    about = torch.round(first + part * (last - first))
    spaced = torch.round(torch.expm1(part * torch.log1p(most)))
    wide = torch.cat([about, spaced], -1).sort(-1).values
    return torch.where(most < POINTS, torch.arange(POINTS, dtype=torch.float64), wide)


def _parameters(place: Tensor, further: Tensor) -> tuple[Tensor, Tensor]:
    """The mean, and the inverse of the excess, (B, K) each."""
    mean = nn.functional.softplus(place.double()).clamp(min=SMALLEST)
    excess = torch.exp(further[..., 0].double().clamp(math.log(LEAST), math.log(MOST)))
    return mean, 1 / excess


def _log_mass(count: Tensor, mean: Tensor, size: Tensor) -> Tensor:
    chosen = torch.lgamma(count + size) - torch.lgamma(size) - torch.lgamma(count + 1)
    # log(size / (size + mean)) is close to 0 for a large size.
    return chosen - size * torch.log1p(mean / size) + count * torch.log(mean / (size + mean))


def _inverted(counts: Tensor, mass: Tensor, at: Tensor) -> Tensor:
    """The least counts by which so much of the mass is reached, (B, K, Q).

    Args:
        counts: Never falling, (B, K, N); those left out between two have a mass between theirs.
        mass: Of each of them, (B, K, N).
        at: (Q,).
    """
    gap = counts.diff()
    between = (gap - 1) * (mass[..., 1:] + mass[..., :-1]) / 2 + mass[..., 1:]
    between = torch.where(gap > 0, between, 0.0)
    reached = torch.cat([mass[..., :1], between], -1).cumsum(-1)
    wanted = at.double().expand(*counts.shape[:-1], len(at)).contiguous()
    # Rounding in the sum must not turn a count into the next one.
    place = torch.searchsorted(reached + 1e-12, wanted).clamp(max=counts.shape[-1] - 1)
    high, before = counts.gather(-1, place), (place - 1).clamp(min=0)
    low, low_mass = counts.gather(-1, before), reached.gather(-1, before)
    step = (reached.gather(-1, place) - low_mass).clamp(min=1e-300)
    part = ((wanted - low_mass) / step).clamp(0, 1)
    return torch.where(high - low > 1, torch.ceil(low + part * (high - low)), high)
