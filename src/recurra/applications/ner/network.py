"""The network: tokens to vectors, both ways over the sentence, tags chosen together."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.applications.ner.notation import LEARNED, OUTSIDE, joined
from recurra.applications.ner.reading import Glossary, Sentences
from recurra.applications.ner.rules import Sizes
from recurra.applications.words import Batch, side_by_side
from recurra.layers import Recurrent
from recurra.structures import CRF, EachToEach
from recurra.structures.heads import TagSequence


class Sides(NamedTuple):
    """B sentences of at most T tokens, of K kinds in all.

    Attributes:
        tokens: Their words and pieces.
        shapes: The number of each token's shape, (B, T).
        pairs: The numbers of the pairs of each two neighbours, ends included, (B, T + 1).
    """

    tokens: Batch
    shapes: Tensor
    pairs: Tensor


def batch(given: Sentences, glossary: Glossary, texts: list[Tensor]) -> Sides:
    """Some sentences as a batch.

    Args:
        given: What they were read with.
        glossary: What read them.
        texts: The kinds of each one's tokens, (T_i,), B of them.
    """
    found = side_by_side(given.read, glossary.lexicon, texts)
    if not len(found.distinct):
        return Sides(found, found.kinds, found.kinds.new_zeros(len(texts), 2))
    live = torch.arange(found.kinds.shape[1]) < found.lengths.unsqueeze(1)
    stamps = given.read.stamps[found.distinct][found.kinds] * live
    pairs = glossary.pairs.numbers(functional.pad(stamps, (1, 1)))
    return Sides(found, given.shapes[found.distinct][found.kinds], pairs)


class Vectors(nn.Module):
    """A vector for each token, of parts side by side.

    The word's own; the mean over its pieces, which a word that was never seen has too; its shape;
    and the pairs that it makes with the token before and the one after. Which there are its sizes
    say.
    """

    def __init__(self, glossary: Glossary, sizes: Sizes) -> None:
        super().__init__()
        self.word_dropout = sizes.word_dropout
        buckets = glossary.lexicon.buckets
        self.words = _table(len(glossary.lexicon.vocabulary), sizes.embedding)
        self.grams = _bags(buckets, sizes.pieces) if sizes.pieces else None
        self.shapes = _table(len(glossary.shapes), sizes.shape) if sizes.shape else None
        self.pairs = _table(len(glossary.pairs), sizes.pairs) if sizes.pairs else None
        self.dropout = nn.Dropout(sizes.dropout)
        self.size = sizes.embedding + sizes.pieces + sizes.shape + 2 * sizes.pairs

    def forward(self, sides: Sides) -> Tensor:
        """(B, T, I)."""
        tokens = sides.tokens
        words = tokens.words
        if self.training:
            # What has no number of its own is learned from words that hide theirs.
            words = words.masked_fill(torch.rand(words.shape) < self.word_dropout, 0)
        parts = [self.words(words)]
        if self.grams is not None:
            parts.append(_pieces(self.grams, tokens))
        if self.shapes is not None:
            parts.append(self.shapes(sides.shapes))
        if self.pairs is not None:
            pairs = self.pairs(sides.pairs)
            parts += [pairs[:, :-1], pairs[:, 1:]]
        found: Tensor = self.dropout(torch.cat(parts, dim=-1))
        return found


class Network(nn.Module):
    """From a batch of sentences to the scores of tags.

    Args:
        glossary: What its tables are for.
        sizes: How large it is.
        kinds: The kinds of entities.
    """

    def __init__(self, glossary: Glossary, sizes: Sizes, kinds: tuple[str, ...]) -> None:
        super().__init__()
        self.vectors = Vectors(glossary, sizes)
        reader = Recurrent(
            sizes.cell, self.vectors.size, sizes.units, bidirectional=True, batch_first=True
        )
        head = TagSequence(reader.output_size, field(kinds))
        self.structure = EachToEach(reader, head)
        self.dropout = nn.Dropout(sizes.dropout)

    @property
    def crf(self) -> CRF:
        """The random field over tags."""
        found: CRF = self.structure.head.crf
        return found

    def forward(self, sides: Sides) -> Tensor:
        """The field's emissions, (B, T, N)."""
        return self.emissions(self.vectors(sides), sides.tokens.lengths)

    def emissions(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """The same from the vectors of tokens, (B, T, I)."""
        features = self.structure.features(vectors, lengths)
        found: Tensor = self.structure.head(self.dropout(features))
        return found

    def loss(self, sides: Sides, tags: Tensor) -> Tensor:
        """The mean negative log-likelihood of the sentences' tags, (B, T) numbers, in nats."""
        return self.crf.loss(self(sides), tags, sides.tokens.lengths)


def tags_of(kinds: tuple[str, ...]) -> list[str]:
    """The tags that networks learn, in the order of their numbers."""
    return [OUTSIDE, *(joined(letter, kind) for kind in kinds for letter in "BIES")]


def field(kinds: tuple[str, ...]) -> CRF:
    """A random field over them, in which only what the scheme allows is possible."""
    tags = tags_of(kinds)
    return CRF(len(tags), LEARNED.scheme.constraints(tags))


def _pieces(bags: nn.EmbeddingBag, tokens: Batch) -> Tensor:
    """The mean over each token's pieces, (B, T, E)."""
    if not len(tokens.begins):
        return bags.weight.new_zeros(*tokens.words.shape, bags.embedding_dim)
    return functional.embedding(tokens.kinds, bags(tokens.grams, tokens.begins))


def _bags(buckets: int, size: int) -> nn.EmbeddingBag:
    bags = nn.EmbeddingBag(buckets, size, mode="mean")
    nn.init.normal_(bags.weight, std=0.1)
    return bags


def _table(symbols: int, size: int) -> nn.Embedding:
    table = nn.Embedding(symbols, size)
    nn.init.normal_(table.weight, std=0.1)
    return table
