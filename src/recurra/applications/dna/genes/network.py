"""The network: three bases a step, both ways, and what each of the three is."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.applications.dna.alphabet import ANY, SHARES, SINGLE
from recurra.applications.dna.genes.annotated import KINDS
from recurra.applications.dna.genes.rules import Sizes
from recurra.layers import Recurrent
from recurra.structures import EachToEach

STEP = 3
"""Bases a step."""

WORD = 6
"""Bases of a word: of two codons, if it is in step with them."""

WORDS = 4**WORD
"""How many words there are; the next number is of those with a base that is not told."""


class Kinds(nn.Module):
    """What each of a step's bases is: a softmax for each."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.dense = nn.Linear(features, STEP * KINDS)

    def forward(self, features: Tensor) -> Tensor:
        """(B, T, F) to log-probabilities (B, 3 T, 7)."""
        scores: Tensor = self.dense(features)
        return functional.log_softmax(scores.view(len(features), -1, KINDS), -1)


class Words(nn.Module):
    """The vectors of the words that begin at a step's three bases, and the bases themselves."""

    shares: Tensor

    def __init__(self, embedding: int) -> None:
        super().__init__()
        self.table = nn.Embedding(WORDS + 1, embedding)
        nn.init.normal_(self.table.weight, std=0.1)
        self.register_buffer("shares", SHARES, persistent=False)
        self.size = STEP * (embedding + 4)

    def forward(self, numbers: Tensor) -> Tensor:
        """uint8 (B, L), L in whole steps, to (B, L / 3, I)."""
        each = torch.cat([self.table(words(numbers)), self.shares[numbers.long()]], dim=-1)
        return each.view(len(numbers), -1, self.size)


class Network(nn.Module):
    """From a batch of sequences to the kinds of their bases.

    Args:
        sizes: How large it is.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.hidden = sizes.hidden
        self.words = Words(sizes.embedding)
        reader = Recurrent(
            sizes.cell,
            self.words.size,
            [sizes.units] * sizes.layers,
            bidirectional=True,
            batch_first=True,
            dropout=sizes.dropout if sizes.layers > 1 else 0.0,
        )
        self.structure = EachToEach(reader, Kinds(reader.output_size))
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(self, numbers: Tensor, lengths: Tensor) -> Tensor:
        """The log-probabilities of kinds: uint8 (B, L) and int64 (B,) to (B, L, 7)."""
        if self.training:
            unseen = (torch.rand(numbers.shape) < self.hidden) & (numbers > 0)
            numbers = torch.where(unseen, ANY, numbers)
        whole = functional.pad(numbers, (0, -numbers.shape[1] % STEP))
        features = self.structure.features(self.words(whole), -(-lengths // STEP))
        found: Tensor = self.structure.head(self.dropout(features))
        return found[:, : numbers.shape[1]]


def words(numbers: Tensor) -> Tensor:
    """The number of the word of six bases that begins at each base: (B, L) to int64 (B, L)."""
    length = numbers.shape[1]
    digits = functional.pad(SINGLE[numbers.long()], (0, WORD - 1), value=4)
    found = torch.zeros(numbers.shape, dtype=torch.int64)
    unclear = torch.zeros(numbers.shape, dtype=torch.bool)
    for place in range(WORD):
        some = digits[:, place : place + length]
        found = 4 * found + some
        unclear |= some == 4
    return found.masked_fill(unclear, WORDS)
