"""One symbol of several."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.structures.decoding.decoded import Decoded
from recurra.structures.heads.dense import dense
from recurra.structures.heads.steps import check_features, mean_over_steps
from recurra.structures.heads.symbols import cross_entropy, drawn, likeliest
from recurra.structures.lengths import Lengths


class Categorical(nn.Module):
    """One symbol of V, each with its probability: softmax(W h + b).

    Args:
        feature_size: F, the numbers that an answer is made of, at least 1.
        vocabulary_size: V, at least 1.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        OptionError: If a size is out of range.
    """

    def __init__(
        self,
        feature_size: int,
        vocabulary_size: int,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.feature_size = feature_size
        self.vocabulary_size = vocabulary_size
        self.dense = dense(feature_size, vocabulary_size, device=device, dtype=dtype)

    def forward(self, features: Tensor) -> Tensor:
        """The logarithms of the probabilities: (..., F) to (..., V).

        Raises:
            ShapeError: If the features are not F wide.
        """
        return functional.log_softmax(self.scores(features), -1)

    def scores(self, features: Tensor) -> Tensor:
        """The same but for a constant a step: (..., F) to (..., V)."""
        check_features(features, self.feature_size)
        found: Tensor = self.dense(features)
        return found

    def nll(self, features: Tensor, targets: Tensor) -> Tensor:
        """The negative log-likelihood of each step in nats: (..., F) and (...) to (...)."""
        return cross_entropy(self.scores(features), targets)

    def loss(self, features: Tensor, targets: Tensor, lengths: Lengths | None = None) -> Tensor:
        """The mean negative log-likelihood of a step; see :class:`~recurra.structures.heads.Head`.

        Args:
            features: (..., F); (B, T, F) if lengths are given.
            targets: Symbols from 0 to V - 1, int64 (...).
            lengths: The length of each row, (B,); T if None.

        Raises:
            ShapeError: If shapes do not fit, a symbol is out of range, or there is no step.
        """
        return mean_over_steps(self.nll, features, targets, lengths)

    @torch.no_grad()
    def sample(self, features: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """A symbol for each step, drawn: (..., F) to int64 (...)."""
        return drawn(self(features), generator)

    def decode(self, features: Tensor, lengths: Lengths | None = None) -> Decoded:
        """The likeliest symbol of each step, padded with -1: (B, T, F) to (B, T).

        A row's score is its symbols' log-probability.

        Raises:
            ShapeError: If shapes do not fit.
        """
        return likeliest(self(features), lengths)
