"""Sentences as numbers: of each token its word, its letters and its shape."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from recurra.applications.ner.pairs import Pairs
from recurra.applications.ner.rules import Sizes
from recurra.applications.words import Lexicon, Read, Vocabulary

_DIGIT = re.compile(r"\d")
_REPEATED = re.compile(r"(.)\1+")

SHAPE_LENGTH = 6
SHAPE_LEAST = 3
"""How often a shape must occur to have a vector."""


@dataclass(frozen=True)
class Sentences:
    """Sentences as numbers.

    Attributes:
        read: Tokens, their words and their pieces.
        shapes: The number of the shape of each kind of token, int64 (K,).
    """

    read: Read
    shapes: Tensor


@dataclass(frozen=True)
class Glossary:
    """What was learned about tokens before any network was.

    Attributes:
        lexicon: The words that are frequent enough for a number, in lower case and all digits 0.
        shapes: Likewise the shapes.
        pairs: Likewise the pairs of neighbours; none where they are not read.
    """

    lexicon: Lexicon
    shapes: Vocabulary
    pairs: Pairs

    @classmethod
    def of(cls, sentences: Sequence[Sequence[str]], sizes: Sizes, least: int) -> Self:
        """Counts tokens.

        Args:
            sentences: The tokens of each.
            sizes: Of what reads them.
            least: How often a word, or a pair, must occur to have a number.
        """
        every = [token for tokens in sentences for token in tokens]
        words = Vocabulary.of(map(word, every), least=least)
        shapes = Vocabulary.of(map(shape, every), least=min(least, SHAPE_LEAST))
        lexicon = Lexicon(words, sizes.buckets)
        pairs = Pairs.of(lexicon.read(sentences), least) if sizes.pairs else Pairs.none()
        return cls(lexicon, shapes, pairs)

    def read(self, sentences: Sequence[Sequence[str]]) -> Sentences:
        """Reads sentences, the tokens of each."""
        found = self.lexicon.read(sentences)
        words = self.lexicon.vocabulary.numbers_of(map(word, found.tokens))
        shapes = self.shapes.numbers_of(map(shape, found.tokens))
        return Sentences(
            replace(found, words=torch.tensor(words, dtype=torch.int64)),
            torch.tensor(shapes, dtype=torch.int64),
        )


def word(token: str) -> str:
    """What tokens that are written differently have in common."""
    return _DIGIT.sub("0", token.lower())


def shape(token: str) -> str:
    """How a token is written: ``"Xxx"`` for Paris and London, ``"XX00"`` for BRCA1 and BRCA12.

    Capitals, small letters, other letters and digits in the order in which they come; runs count
    as two at most, and what follows the sixth sign is left off.
    """
    return _REPEATED.sub(r"\1\1", "".join(map(_sign, token[:40])))[:SHAPE_LENGTH]


def _sign(letter: str) -> str:
    if letter.isalpha():
        return "X" if letter.isupper() else "x" if letter.islower() else "c"
    return "0" if letter.isdigit() else letter
