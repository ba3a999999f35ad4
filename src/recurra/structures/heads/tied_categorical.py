"""One symbol of several, by how near it lies to the embedding of each."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.structures.decoding.decoded import Decoded
from recurra.structures.heads.dense import dense
from recurra.structures.heads.steps import check_features, mean_over_steps
from recurra.structures.heads.symbols import cross_entropy, drawn, likeliest
from recurra.structures.lengths import Lengths


class TiedCategorical(nn.Module):
    """One symbol of V, whose output matrix is the embedding of the input: softmax(E h + b).

    Press & Wolf 2017 (arXiv:1608.05859), section 3; Inan, Khosravi & Socher 2017
    (arXiv:1611.01462). Features of another width than the embedding are projected first.

    Args:
        feature_size: F, the numbers that an answer is made of, at least 1.
        embedding: What the structure embeds symbols with, V times E.

    Raises:
        OptionError: If a size is out of range.
    """

    def __init__(self, feature_size: int, embedding: nn.Embedding) -> None:
        super().__init__()
        self.feature_size = feature_size
        self.vocabulary_size = embedding.num_embeddings
        self.embedding = embedding
        weight, width = embedding.weight, embedding.embedding_dim
        self.bias = nn.Parameter(weight.new_zeros(self.vocabulary_size))
        self.projection = (
            nn.Identity()
            if feature_size == width
            else dense(feature_size, width, bias=False, device=weight.device, dtype=weight.dtype)
        )

    def forward(self, features: Tensor) -> Tensor:
        """The logarithms of the probabilities: (..., F) to (..., V).

        Raises:
            ShapeError: If the features are not F wide.
        """
        return functional.log_softmax(self.scores(features), -1)

    def scores(self, features: Tensor) -> Tensor:
        """The same but for a constant a step: (..., F) to (..., V)."""
        check_features(features, self.feature_size)
        return functional.linear(self.projection(features), self.embedding.weight, self.bias)

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
