"""Several things that each are or are not."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.errors import ShapeError
from recurra.kernels.tracing import holds
from recurra.structures.heads.dense import dense
from recurra.structures.heads.steps import check_features, mean_over_steps
from recurra.structures.lengths import Lengths


class BernoulliVector(nn.Module):
    """D things, each there or not by itself: notes of a chord, labels, pixels in black and white.

    Args:
        feature_size: F, the numbers that an answer is made of, at least 1.
        size: D, at least 1.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        OptionError: If a size is out of range.
    """

    def __init__(
        self,
        feature_size: int,
        size: int,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.feature_size = feature_size
        self.size = size
        self.dense = dense(feature_size, size, device=device, dtype=dtype)

    def forward(self, features: Tensor) -> Tensor:
        """The logarithm of each one's odds: (..., F) to (..., D).

        Raises:
            ShapeError: If the features are not F wide.
        """
        check_features(features, self.feature_size)
        found: Tensor = self.dense(features)
        return found

    def nll(self, features: Tensor, targets: Tensor) -> Tensor:
        """The negative log-likelihood of each step in nats: (..., F) and (..., D) to (...)."""
        if not holds((targets >= 0) & (targets <= 1), "targets from 0 to 1"):
            raise ShapeError(
                f"targets from {targets.min():g} to {targets.max():g}",
                "1 for what is there and 0 for what is not, or a share between",
                "leave padding out by lengths=",
            )
        odds = self(features)
        each = functional.binary_cross_entropy_with_logits(
            odds, targets.to(odds.dtype), reduction="none"
        )
        return each.sum(-1)

    def loss(self, features: Tensor, targets: Tensor, lengths: Lengths | None = None) -> Tensor:
        """The mean negative log-likelihood of a step; see :class:`~recurra.structures.heads.Head`.

        Args:
            features: (..., F); (B, T, F) if lengths are given.
            targets: 0 or 1, or a share between, of any type, (..., D).
            lengths: The length of each row, (B,); T if None.

        Raises:
            ShapeError: If shapes do not fit, a target is out of range, or there is no step.
        """
        return mean_over_steps(self.nll, features, targets, lengths, (self.size,))

    @torch.no_grad()
    def sample(self, features: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """0 or 1 for each, drawn: (..., F) to (..., D), of the features' type."""
        return torch.bernoulli(self.mean(features), generator=generator)

    def mean(self, features: Tensor) -> Tensor:
        """Each one's probability: (..., F) to (..., D)."""
        return torch.sigmoid(self(features))
