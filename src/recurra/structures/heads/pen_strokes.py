"""Handwriting: where the pen goes next, and whether it is lifted."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.errors import OptionError, ShapeError
from recurra.kernels.tracing import holds
from recurra.structures.heads.dense import dense
from recurra.structures.heads.noise import normal
from recurra.structures.heads.steps import check_features, mean_over_steps
from recurra.structures.heads.symbols import drawn
from recurra.structures.lengths import Lengths

_LOG_SCALE = 15.0
_SLANT = 7.0


class StrokeParameters(NamedTuple):
    """Of the next point of a stroke, as a mixture of M bivariate normal distributions.

    Attributes:
        end: The logarithm of the odds that the stroke ends, (...).
        weights: Each distribution's weight but for a common factor, as logarithms, (..., M).
        means: Where each lies, (..., M, 2).
        log_scales: The logarithms of its standard deviations, (..., M, 2).
        slant: The area hyperbolic tangent of its correlation, (..., M).
    """

    end: Tensor
    weights: Tensor
    means: Tensor
    log_scales: Tensor
    slant: Tensor


class PenStrokes(nn.Module):
    """The next point of a pen: two offsets, and whether the stroke ends with it.

    Graves 2013, "Generating sequences with recurrent neural networks" (arXiv:1308.0850), eq. 16 to
    26. Standard deviations stay within exp(-15) and exp(15), correlations within tanh(-7) and
    tanh(7), where the equations would run out of a float's range. The sign of the end's odds is the
    usual one, the paper's the other.

    Args:
        feature_size: F, the numbers that an answer is made of, at least 1.
        components: M, at least 1; in the paper 20.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        OptionError: If a size is out of range.
    """

    size = 3

    def __init__(
        self,
        feature_size: int,
        components: int = 20,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        if components < 1:
            raise OptionError(f"components={components!r}", "a whole number of at least 1")
        self.feature_size = feature_size
        self.components = components
        self.dense = dense(feature_size, 1 + 6 * components, device=device, dtype=dtype)
        # Alike they would stay alike: each starts at a place of its own.
        nn.init.uniform_(self.dense.bias[1 + components : 1 + 3 * components], -1.0, 1.0)

    def forward(self, features: Tensor) -> StrokeParameters:
        """The distribution of the next point, eq. 17 to 22: (..., F) to (..., M, ...).

        Raises:
            ShapeError: If the features are not F wide.
        """
        check_features(features, self.feature_size)
        many = self.components
        raw = self.dense(features).split([1, many, 2 * many, 2 * many, many], dim=-1)
        end, weights, means, log_scales, slant = raw
        return StrokeParameters(
            end.squeeze(-1),
            weights,
            means.unflatten(-1, (many, 2)),
            log_scales.clamp(-_LOG_SCALE, _LOG_SCALE).unflatten(-1, (many, 2)),
            slant.clamp(-_SLANT, _SLANT),
        )

    def nll(self, features: Tensor, targets: Tensor) -> Tensor:
        """The negative log-likelihood of each step in nats, eq. 26: (..., F), (..., 3) to (...)."""
        ended = targets[..., 2]
        if not holds((ended == 0) | (ended == 1), "an end of 0 or 1"):
            raise ShapeError(
                "targets whose third number is neither 0 nor 1",
                "two offsets and 1 if the stroke ends with the point, else 0",
                "leave padding out by lengths=",
            )
        found = self.forward(features)
        place = torch.logsumexp(
            functional.log_softmax(found.weights, -1) + _log_density(found, targets[..., :2]), -1
        )
        end = functional.binary_cross_entropy_with_logits(found.end, ended, reduction="none")
        return end - place

    def loss(self, features: Tensor, targets: Tensor, lengths: Lengths | None = None) -> Tensor:
        """The mean negative log-likelihood of a step; see :class:`~recurra.structures.heads.Head`.

        Args:
            features: (..., F); (B, T, F) if lengths are given.
            targets: (..., 3): two offsets, and 1 if the stroke ends with the point, else 0.
            lengths: The length of each row, (B,); T if None.

        Raises:
            ShapeError: If shapes do not fit, an end is neither 0 nor 1, or there is no step.
        """
        return mean_over_steps(self.nll, features, targets, lengths, (self.size,))

    @torch.no_grad()
    def sample(
        self, features: Tensor, generator: torch.Generator | None = None, *, bias: float = 0.0
    ) -> Tensor:
        """A point for each step, drawn: (..., F) to (..., 3).

        Args:
            features: (..., F).
            generator: Where chance comes from, on the features' device; torch's own if None.
            bias: How much more than their share the likely places get, at least 0: the larger the
                neater the hand (eq. 61 and 62).
        """
        found = self.forward(features)
        weights = functional.log_softmax(found.weights * (1 + bias), -1)
        chosen = drawn(weights, generator)
        place = placed(found, chosen, normal(found.means[..., 0, :], generator), bias)
        end = torch.bernoulli(torch.sigmoid(found.end), generator=generator)
        return torch.cat([place, end.unsqueeze(-1)], -1)

    def mean(self, features: Tensor) -> Tensor:
        """The mean offsets and the probability of an end: (..., F) to (..., 3)."""
        found = self.forward(features)
        place = (found.weights.softmax(-1).unsqueeze(-1) * found.means).sum(-2)
        return torch.cat([place, torch.sigmoid(found.end).unsqueeze(-1)], -1)


def placed(found: StrokeParameters, chosen: Tensor, noise: Tensor, bias: float) -> Tensor:
    """Offsets drawn from chosen distributions: chosen int64 (...) to (..., 2).

    Args:
        found: The mixture.
        chosen: Which of its distributions, from 0 to M - 1.
        noise: Standard normal numbers, (..., 2).
        bias: By which the logarithms of standard deviations are less (eq. 61).
    """
    one_of_many = chosen.unsqueeze(-1)
    pair = one_of_many.unsqueeze(-1).expand(*one_of_many.shape, 2)
    mean = found.means.gather(-2, pair).squeeze(-2)
    scale = (found.log_scales.gather(-2, pair).squeeze(-2) - bias).exp()
    slant = found.slant.gather(-1, one_of_many).squeeze(-1)
    one, two = noise.unbind(-1)
    tilted = slant.tanh() * one + two / slant.cosh()
    return mean + scale * torch.stack([one, tilted], -1)


def _log_density(found: StrokeParameters, place: Tensor) -> Tensor:
    """The logarithm of eq. 24 for each distribution, (..., M)."""
    one, two = ((place.unsqueeze(-2) - found.means) * (-found.log_scales).exp()).unbind(-1)
    # Z / (1 - ρ²) of eq. 25 as a sum of squares, and 1 / (1 - ρ²) as cosh²: near a correlation of 1
    # the differences would lose every digit.
    across = (two - found.slant.tanh() * one) * found.slant.cosh()
    squares = one.square() + across.square()
    narrow = found.slant.cosh().log()
    return narrow - 0.5 * squares - found.log_scales.sum(-1) - math.log(2 * math.pi)
