"""Sentences as numbers: subwords, and the marks that begin and end a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable

from torch import Tensor

from recurra.applications.words.subwords import Subwords

END, START = 0, 1
MARKS = 2
"""How many numbers are marks; subwords are counted from here on."""

LEAST, MOST = 512, 16_000
"""Bounds of the number of subwords."""


class Sentences:
    """The subwords of a language, and the marks.

    Args:
        subwords: The former.
    """

    def __init__(self, subwords: Subwords) -> None:
        self.subwords = subwords

    @classmethod
    def of(cls, sentences: Iterable[str], size: int) -> Sentences:
        """Learns at most so many subwords from sentences.

        Raises:
            OptionError: If ``size`` is below 256, or tokenizers is not installed.
        """
        return cls(Subwords.of(map(_begun, sentences), size))

    def __len__(self) -> int:
        """How many numbers there are, marks included."""
        return MARKS + len(self.subwords)

    def numbers(self, sentence: str) -> list[int]:
        """A sentence as numbers, the end mark last."""
        return [*(MARKS + n for n in self.subwords.encode(_begun(sentence))), END]

    def text(self, numbers: Iterable[int]) -> str:
        """The sentence that numbers stand for; marks are passed over."""
        return even(self.as_it_is(numbers))

    def as_it_is(self, numbers: Iterable[int]) -> str:
        """The text of some numbers, blanks around it too."""
        return self.subwords.decode(n - MARKS for n in numbers if n >= MARKS)

    def pieces(self, numbers: Iterable[int]) -> list[str]:
        """What each number stands for, to be shown; the end mark as ⏎."""
        return [self.subwords.decode([n - MARKS]).strip() if n >= MARKS else "⏎" for n in numbers]

    def to_tensor(self) -> Tensor:
        """All that was learned, for a model's file."""
        return self.subwords.to_tensor()

    @classmethod
    def from_tensor(cls, tensor: Tensor) -> Sentences:
        """Reads what :meth:`to_tensor` made.

        Raises:
            ModelFileError: If it is damaged.
            OptionError: If tokenizers is not installed.
        """
        return cls(Subwords.from_tensor(tensor))


def vocabulary_size(texts: Iterable[str]) -> int:
    """How many subwords: twice the root of the bytes of the texts, in hundreds.

    So 4,000 for four million bytes; from 512 to 16,000.
    """
    size = sum(len(one.encode("utf-8", "replace")) for one in texts)
    return min(MOST, max(LEAST, round(2 * math.sqrt(size) / 100) * 100))


def even(text: str) -> str:
    """A text on one line, with one blank where there were several, none around it."""
    return " ".join(text.split())


def _begun(sentence: str) -> str:
    """A blank before the first word too, so that it is the word that it is elsewhere."""
    # Halves of letters, which Python lets stand alone, have no bytes.
    return f" {even(sentence)}".encode("utf-8", "replace").decode()
