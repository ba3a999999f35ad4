"""Numbers below which an answer lies with given probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.errors import OptionError
from recurra.structures.heads.dense import dense
from recurra.structures.heads.noise import uniform
from recurra.structures.heads.steps import check_features, mean_over_steps
from recurra.structures.lengths import Lengths


class Quantiles(nn.Module):
    """Quantiles of D numbers, without a distribution in mind.

    Trained by the pinball loss (Koenker & Bassett 1978, Econometrica 46, eq. 3.1). Each quantile is
    the one below it plus a softplus, so that they never cross.

    Args:
        feature_size: F, the numbers that an answer is made of, at least 1.
        levels: The Q probabilities, rising, above 0 and below 1.
        size: D, at least 1.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        OptionError: If a number is out of range, or the levels do not rise.
    """

    levels: Tensor

    def __init__(
        self,
        feature_size: int,
        levels: Sequence[float] = (0.1, 0.5, 0.9),
        size: int = 1,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        marks = [0.0, *levels, 1.0]
        if not levels or not all(a < b for a, b in pairwise(marks)):
            raise OptionError(
                f"levels={tuple(levels)}",
                "at least one probability, rising, above 0 and below 1",
                "levels=(0.1, 0.5, 0.9)",
            )
        self.feature_size = feature_size
        self.size = size
        self.dense = dense(feature_size, size * len(levels), device=device, dtype=dtype)
        like = self.dense.weight
        known = torch.tensor(tuple(levels), device=like.device, dtype=like.dtype)
        self.register_buffer("levels", known, persistent=False)

    def forward(self, features: Tensor) -> Tensor:
        """The quantiles, rising: (..., F) to (..., D, Q).

        Raises:
            ShapeError: If the features are not F wide.
        """
        check_features(features, self.feature_size)
        raw = self.dense(features).unflatten(-1, (self.size, -1))
        rises = functional.softplus(raw[..., 1:])
        return torch.cat([raw[..., :1], rises], dim=-1).cumsum(-1)

    def pinball(self, features: Tensor, targets: Tensor) -> Tensor:
        """The loss of each step: (..., F) and (..., D) to (...).

        The mean over the Q levels, and the sum over the D numbers, of
        max(q (y - ŷ), (q - 1) (y - ŷ)), in the targets' unit.
        """
        under = targets.unsqueeze(-1) - self.forward(features)
        each = torch.maximum(self.levels * under, (self.levels - 1) * under)
        return each.mean(-1).sum(-1)

    def loss(self, features: Tensor, targets: Tensor, lengths: Lengths | None = None) -> Tensor:
        """The mean pinball loss of a step.

        Args:
            features: (..., F); (B, T, F) if lengths are given.
            targets: (..., D).
            lengths: The length of each row, (B,); T if None.

        Raises:
            ShapeError: If shapes do not fit, or there is no step.
        """
        return mean_over_steps(self.pinball, features, targets, lengths, (self.size,))

    @torch.no_grad()
    def sample(self, features: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Numbers for each step, drawn: (..., F) to (..., D).

        Quantiles at levels between two known ones lie on the line between these. Nothing is known
        beyond the outermost ones, which stand for all that lies there.
        """
        quantiles = self.forward(features)
        if quantiles.shape[-1] == 1:
            return quantiles.squeeze(-1)
        u = uniform(quantiles[..., 0], generator).clamp(self.levels[0], self.levels[-1])
        above = torch.searchsorted(self.levels, u).clamp(1, len(self.levels) - 1)
        low, high = self.levels[above - 1], self.levels[above]
        ends = torch.stack([above - 1, above], dim=-1)
        values = quantiles.gather(-1, ends)
        return torch.lerp(values[..., 0], values[..., 1], (u - low) / (high - low))
