"""Characters and their numbers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from torch import Tensor

from recurra.applications.words.vocabulary import UNKNOWN, Vocabulary

LEAST = 2
"""How often a character must occur: those that occur once teach what an unknown one is."""

REPLACEMENT = "\ufffd"


class Characters:
    """The characters of a text and their numbers; 0 is for every other.

    Args:
        vocabulary: The characters.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    @classmethod
    def of(cls, texts: Iterable[str]) -> Characters:
        """Those that occur at least twice in texts, or all where none does."""
        every = list(chain.from_iterable(texts))
        often = Vocabulary.of(every, least=LEAST)
        return cls(often if often.symbols else Vocabulary.of(every))

    def __len__(self) -> int:
        """How many numbers there are, that of the unknown included."""
        return len(self.vocabulary)

    def encode(self, text: str) -> list[int]:
        """The number of each character."""
        return self.vocabulary.numbers_of(text)

    def decode(self, numbers: Iterable[int]) -> str:
        """The characters of numbers; U+FFFD for the unknown."""
        symbols = self.vocabulary.symbols
        return "".join(REPLACEMENT if n == UNKNOWN else symbols[n - 1] for n in numbers)

    def to_tensor(self) -> Tensor:
        """The characters as bytes; see :meth:`Vocabulary.to_tensor`."""
        return self.vocabulary.to_tensor()

    @classmethod
    def from_tensor(cls, tensor: Tensor) -> Characters:
        """Reads what :meth:`to_tensor` made."""
        return cls(Vocabulary.from_tensor(tensor))
