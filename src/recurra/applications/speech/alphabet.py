"""The letters that texts are written in, as numbers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import torch
from torch import Tensor

BLANK = 0
"""The number that stands for no letter."""

SPACE = " "
_APOSTROPHES = "'’"


def plain(text: str) -> str:
    """A text as it is spoken: small letters, no marks, one space between words.

    An apostrophe within a word stays, as in "don't".
    """
    small = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    marks = [place for place, one in enumerate(small) if _is_mark(small, place)]
    letters = list(small)
    for place in marks:
        letters[place] = SPACE
    return SPACE.join("".join(letters).split())


def _is_mark(text: str, place: int) -> bool:
    letter = text[place]
    if letter in _APOSTROPHES:
        beside = text[max(0, place - 1) : place], text[place + 1 : place + 2]
        return not all(one.isalnum() for one in beside)
    return unicodedata.category(letter)[0] in "PSC"


@dataclass(frozen=True)
class Alphabet:
    """Letters, numbered from 1 on; 0 is the blank.

    Attributes:
        letters: One character each, sorted; the space among them where texts have several words.
    """

    letters: str

    @classmethod
    def of(cls, texts: Iterable[str], *, joined: bool) -> Self:
        """The letters of texts.

        Args:
            texts: As :func:`plain` makes them.
            joined: Whether texts are to be joined, for which there must be a space.
        """
        found = {letter for text in texts for letter in text}
        return cls("".join(sorted(found | ({SPACE} if joined else set()))))

    def __len__(self) -> int:
        """V, the blank among them."""
        return len(self.letters) + 1

    def numbers(self, text: str) -> Tensor:
        """The numbers of a text's letters, (U,) int64.

        Raises:
            ValueError: If a letter is none of them.
        """
        return torch.tensor([self.letters.index(one) + 1 for one in text], dtype=torch.int64)

    def text(self, numbers: Sequence[int]) -> str:
        """The text of numbers, none of them the blank; spaces at its ends are left out."""
        return SPACE.join("".join(self.letters[one - 1] for one in numbers).split())

    def strange(self, texts: Iterable[str]) -> set[str]:
        """The letters of texts that are none of them."""
        return {letter for text in texts for letter in text} - set(self.letters)


def steps_for(text: str) -> int:
    """Steps that alignments of a text need: one a letter, and one between two that are equal."""
    return len(text) + sum(one == other for one, other in pairwise(text))
