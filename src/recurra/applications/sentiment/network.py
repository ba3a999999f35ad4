"""The network: tokens to vectors, both ways over the text, what stands out of it, a class."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.applications.sentiment.rules import Sizes
from recurra.applications.words import Batch, Lexicon
from recurra.layers import Recurrent
from recurra.structures import AttentionPooling, ManyToOne, MaxPooling
from recurra.structures.heads import Categorical


class Vectors(nn.Module):
    """A vector for each token, of three parts side by side.

    The token's own; the mean over its pieces, which a token that was never seen has too; and the
    mean of the pairs it makes with the token before and the one after.
    """

    def __init__(self, lexicon: Lexicon, sizes: Sizes) -> None:
        super().__init__()
        self.word_dropout = sizes.word_dropout
        self.words = _table(len(lexicon.vocabulary), sizes.embedding)
        self.grams = nn.EmbeddingBag(lexicon.buckets, sizes.embedding, mode="mean")
        nn.init.normal_(self.grams.weight, std=0.1)
        self.pairs = _table(lexicon.buckets, sizes.pairs) if sizes.pairs else None
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(self, batch: Batch) -> Tensor:
        """(B, T, I)."""
        words = batch.words
        if self.training:
            # What has no number of its own is learned from words that hide theirs.
            words = words.masked_fill(torch.rand(words.shape) < self.word_dropout, 0)
        parts = [self.words(words), self._pieces(batch)]
        if self.pairs is not None:
            parts.append((self.pairs(batch.before) + self.pairs(batch.after)) / 2)
        found: Tensor = self.dropout(torch.cat(parts, dim=-1))
        return found

    def _pieces(self, batch: Batch) -> Tensor:
        if not len(batch.begins):
            return self.grams.weight.new_zeros(*batch.words.shape, self.grams.embedding_dim)
        return functional.embedding(batch.kinds, self.grams(batch.grams, batch.begins))


class StandsOut(nn.Module):
    """The largest of the outputs beside their weighted mean."""

    def __init__(self, output_size: int) -> None:
        super().__init__()
        self.largest, self.weighted = MaxPooling(), AttentionPooling(output_size, output_size)

    def forward(self, output: Tensor, lengths: Tensor | None = None) -> Tensor:
        """(B, T, D) to (B, 2 D)."""
        return torch.cat([self.largest(output, lengths), self.weighted(output, lengths)], dim=-1)


class Network(nn.Module):
    """From a batch of texts to the scores of classes.

    Args:
        lexicon: What its tables are for.
        sizes: How large it is.
        classes: C, how many classes there are.
    """

    def __init__(self, lexicon: Lexicon, sizes: Sizes, classes: int) -> None:
        super().__init__()
        self.vectors = Vectors(lexicon, sizes)
        width = 2 * sizes.embedding + sizes.pairs
        reader = Recurrent(sizes.cell, width, sizes.units, bidirectional=True, batch_first=True)
        size = reader.output_size
        head = Categorical(2 * size, classes)
        self.structure = ManyToOne.with_head(reader, head, pooling=StandsOut(size))
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(self, batch: Batch) -> Tensor:
        """The classes' log-probabilities, (B, C)."""
        return self.answers(self.vectors(batch), batch.lengths)

    def answers(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """The same from the vectors of tokens, (B, T, I)."""
        features = self.structure.features(vectors, lengths)
        found: Tensor = self.structure.head(self.dropout(features))
        return found


def _table(symbols: int, size: int) -> nn.Embedding:
    table = nn.Embedding(symbols, size)
    nn.init.normal_(table.weight, std=0.1)
    return table
