"""One symbol of very many, the rare ones in clusters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from recurra.errors import OptionError
from recurra.structures.decoding.decoded import Decoded
from recurra.structures.heads.steps import check_features, mean_over_steps
from recurra.structures.heads.symbols import check_symbols, drawn, likeliest
from recurra.structures.lengths import Lengths


class AdaptiveCategorical(nn.Module):
    """One symbol of V, numbered from the most frequent to the rarest: adaptive softmax.

    Grave, Joulin, Cissé, Grangier & Jégou 2017 (arXiv:1609.04309), as in
    :class:`torch.nn.AdaptiveLogSoftmaxWithLoss`. A loss takes the scores of frequent symbols and of
    those clusters alone that its targets lie in.

    Args:
        feature_size: F, the numbers that an answer is made of, at least 1.
        vocabulary_size: V.
        cutoffs: The first symbol of each cluster of rarer ones, rising, from 1 to V - 1.
        division: By how much each cluster's projection is narrower than the one before, above 0.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        OptionError: If the cutoffs do not rise within the vocabulary, or a number is out of range.
    """

    def __init__(
        self,
        feature_size: int,
        vocabulary_size: int,
        cutoffs: Sequence[int],
        *,
        division: float = 4.0,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        marks = [0, *cutoffs, vocabulary_size]
        if not cutoffs or any(a >= b for a, b in pairwise(marks)):
            raise OptionError(
                f"cutoffs={list(cutoffs)} for {vocabulary_size} symbols",
                "at least one, rising, from 1 to vocabulary_size - 1",
                "such that most targets lie below the first",
            )
        if feature_size < 1 or not division > 0:
            raise OptionError(
                f"feature_size={feature_size!r} with division={division!r}",
                "a feature_size of at least 1, a division above 0",
            )
        self.feature_size = feature_size
        self.vocabulary_size = vocabulary_size
        # torch would make a projection to no numbers.
        if feature_size // division ** len(cutoffs) < 1:
            raise OptionError(
                f"division={division} for {len(cutoffs)} clusters and feature_size={feature_size}",
                "at least one number left for the last cluster",
                "a smaller division or fewer cutoffs",
            )
        self.softmax = nn.AdaptiveLogSoftmaxWithLoss(
            feature_size,
            vocabulary_size,
            list(cutoffs),
            div_value=division,
            device=device,
            dtype=dtype,
        )

    def forward(self, features: Tensor) -> Tensor:
        """The logarithms of the probabilities: (..., F) to (..., V).

        Raises:
            ShapeError: If the features are not F wide.
        """
        check_features(features, self.feature_size)
        flat = self.softmax.log_prob(features.reshape(-1, self.feature_size))
        return flat.view(*features.shape[:-1], -1)

    def nll(self, features: Tensor, targets: Tensor) -> Tensor:
        """The negative log-likelihood of each step in nats: (..., F) and (...) to (...)."""
        check_features(features, self.feature_size)
        check_symbols(targets, self.vocabulary_size)
        likelihood, _ = self.softmax(features.reshape(-1, self.feature_size), targets.reshape(-1))
        found: Tensor = -likelihood.view(targets.shape)
        return found

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
