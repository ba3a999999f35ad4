"""Student's t distribution, for errors with outliers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.forecasting.segments.heads.scales import raw_of, scale_of

Array = NDArray[np.float64]

FEWEST, MOST = 3.0, 100.0
"""Degrees of freedom: from heavy tails with a variance to what is nearly normal."""

NODES = 257
"""Degrees of freedom at which quantiles are computed, evenly spaced in their inverses."""

ANGLES = 8193
"""Points of the distribution function that is inverted."""


@dataclass(frozen=True)
class StudentT:
    """Median, scale and degrees of freedom; learned by the negative log-likelihood."""

    width: int = 2
    counts: bool = False

    def start(self, errors: Tensor) -> Tensor:
        """The scale that gives their mean size with about ten degrees of freedom."""
        scale = raw_of(1.2 * errors.abs().mean())
        return torch.stack([scale, scale.new_tensor(-2.5)])

    def loss(self, place: Tensor, further: Tensor, truth: Tensor) -> Tensor:
        """The negative log-likelihood, (B, K)."""
        scale, freedom = scale_of(further[..., 0]), _freedom(further[..., 1])
        away = (truth - place) / scale
        tail = (freedom + 1) / 2 * torch.log1p(away.square() / freedom)
        mass = torch.lgamma((freedom + 1) / 2) - torch.lgamma(freedom / 2)
        return tail - mass + torch.log(scale) + 0.5 * torch.log(math.pi * freedom)

    def quantile(self, place: Tensor, further: Tensor, at: Tensor) -> Tensor:
        """Between tabulated degrees of freedom, right to 1e-3 of the scale from 0.001 to 0.999."""
        scale, freedom = scale_of(further[..., :1]), _freedom(further[..., 1])
        table = torch.from_numpy(_table(tuple(at.double().tolist()))).to(place.dtype)
        where = (1 / freedom - 1 / MOST) / (1 / FEWEST - 1 / MOST) * (NODES - 1)
        below = where.floor().clamp(0, NODES - 2).long()
        part = (where - below).unsqueeze(-1)
        standard = table[below] + part * (table[below + 1] - table[below])
        return place.unsqueeze(-1) + scale * standard


def _freedom(raw: Tensor) -> Tensor:
    return FEWEST + (MOST - FEWEST) * torch.sigmoid(raw)


@lru_cache(maxsize=16)
def _table(at: tuple[float, ...]) -> Array:
    """The quantiles of every node, (NODES, Q)."""
    inverses = np.linspace(1 / MOST, 1 / FEWEST, NODES)
    return np.stack([_quantiles(1 / one, np.array(at)) for one in inverses])


def _quantiles(freedom: float, at: Array) -> Array:
    """By the integral of cos(angle)^(freedom - 1), where t = sqrt(freedom) tan(angle).

    The substitution of Abramowitz & Stegun 1964, 26.7.3 and 26.7.4, for any degrees of freedom.
    """
    # Narrow where the distribution is: its width in angles is about 1 / sqrt(freedom).
    angle = np.arctan(np.sinh(np.linspace(0, 7, ANGLES)) / math.sqrt(freedom))
    density = np.cos(angle) ** (freedom - 1)
    steps = np.diff(angle) * (density[1:] + density[:-1]) / 2
    half = np.concatenate([[0.0], np.cumsum(steps)])
    found = np.interp(np.abs(at - 0.5), half / half[-1] / 2, np.tan(angle) * math.sqrt(freedom))
    return np.asarray(np.sign(at - 0.5) * found)
