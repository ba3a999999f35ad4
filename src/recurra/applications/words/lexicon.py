"""Texts read: for each token its number, its letters and the pair it makes with the next one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.applications.words.grams import grams, stamp
from recurra.applications.words.vocabulary import Vocabulary

_MIX = 0x9E3779B1
"""Knuth's multiplier, which spreads the stamps of a pair's first token."""


@dataclass(frozen=True)
class Read:
    """Texts as numbers.

    Each distinct token of these texts is a kind, K in all; a text is a sequence of kinds. What the
    letters say is kept once a kind.

    Attributes:
        texts: The kinds of each text's tokens, int64 (T_i,).
        tokens: Each kind's token, K of them.
        words: Each kind's number in the vocabulary, int64 (K,).
        stamps: Each kind's stamp, int64 (K,).
        grams: The buckets of all kinds, one after the other, int64 (G,).
        begins: Where each kind's begin among them, and their end, int64 (K + 1,).
    """

    texts: tuple[Tensor, ...]
    tokens: tuple[str, ...]
    words: Tensor
    stamps: Tensor
    grams: Tensor
    begins: Tensor

    @property
    def lengths(self) -> list[int]:
        """The tokens of each text."""
        return [len(text) for text in self.texts]


@dataclass(frozen=True)
class Lexicon:
    """What was learned about tokens before any network was: which are frequent enough for a number.

    Attributes:
        vocabulary: Those that have one.
        buckets: How many buckets pieces of tokens share, and pairs as many.
    """

    vocabulary: Vocabulary
    buckets: int

    def read(self, texts: Iterable[Sequence[str]]) -> Read:
        """Reads texts that were cut into tokens."""
        kinds: dict[str, int] = {}
        read = tuple(
            torch.tensor([kinds.setdefault(one, len(kinds)) for one in text], dtype=torch.int64)
            for text in texts
        )
        pieces = [grams(kind, self.buckets) for kind in kinds]
        return Read(
            read,
            tuple(kinds),
            torch.tensor(self.vocabulary.numbers_of(kinds), dtype=torch.int64),
            torch.tensor([stamp(kind) for kind in kinds], dtype=torch.int64),
            torch.tensor([one for piece in pieces for one in piece], dtype=torch.int64),
            torch.tensor([0, *map(len, pieces)]).cumsum(0),
        )

    def pairs(self, stamps: Tensor) -> Tensor:
        """The buckets of neighbours' pairs: stamps (..., T) to buckets (..., T - 1)."""
        return (stamps[..., :-1] * _MIX + stamps[..., 1:]) % self.buckets
