"""Numbers that may lie in one of several places."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.structures.heads.dense import dense
from recurra.structures.heads.noise import normal
from recurra.structures.heads.positive import check_floor, positive
from recurra.structures.heads.steps import check_features, mean_over_steps
from recurra.structures.heads.symbols import drawn
from recurra.structures.lengths import Lengths


class MixtureParameters(NamedTuple):
    """Of a mixture of K normal distributions of D numbers.

    The logarithm of each one's weight, (..., K), its means and standard deviations, (..., K, D).
    """

    log_weights: Tensor
    means: Tensor
    scales: Tensor


class MixtureDensity(nn.Module):
    """D numbers from one of K normal distributions.

    Bishop 1994, "Mixture density networks" (Aston NCRG/94/004), eq. 22 to 29, with a standard
    deviation for each of the D numbers, and softplus for it where the report has exp.

    Args:
        feature_size: F, the numbers that an answer is made of, at least 1.
        components: K, at least 1.
        size: D, at least 1.
        min_scale: What is added to the standard deviations, above 0, in the targets' unit.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        OptionError: If a number is out of range.
    """

    def __init__(
        self,
        feature_size: int,
        components: int,
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
        self.weights = dense(feature_size, components, device=device, dtype=dtype)
        self.location = dense(feature_size, components * size, device=device, dtype=dtype)
        self.spread = dense(feature_size, components * size, device=device, dtype=dtype)
        # Alike they would stay alike: each starts at a place of its own.
        nn.init.uniform_(self.location.bias, -1.0, 1.0)

    def forward(self, features: Tensor) -> MixtureParameters:
        """Weights, means and standard deviations: (..., F) to (..., K) and (..., K, D) twice.

        Raises:
            ShapeError: If the features are not F wide.
        """
        check_features(features, self.feature_size)
        places = (-1, self.size)
        return MixtureParameters(
            functional.log_softmax(self.weights(features), -1),
            torch.unflatten(self.location(features), -1, places),
            torch.unflatten(positive(self.spread(features), self.min_scale), -1, places),
        )

    def nll(self, features: Tensor, targets: Tensor) -> Tensor:
        """The negative log-likelihood of each step in nats: (..., F) and (..., D) to (...)."""
        log_weights, means, scales = self.forward(features)
        z = (targets.unsqueeze(-2) - means) / scales
        each = 0.5 * z.square() + scales.log() + 0.5 * math.log(2 * math.pi)
        return -torch.logsumexp(log_weights - each.sum(-1), -1)

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
        log_weights, means, scales = self.forward(features)
        chosen = drawn(log_weights, generator)[..., None, None].expand(
            *means.shape[:-2], 1, self.size
        )
        mean, scale = (part.gather(-2, chosen).squeeze(-2) for part in (means, scales))
        return mean + scale * normal(mean, generator)

    def mean(self, features: Tensor) -> Tensor:
        """(..., F) to (..., D): it may lie where nothing is likely."""
        log_weights, means, _ = self.forward(features)
        return (log_weights.exp().unsqueeze(-1) * means).sum(-2)
