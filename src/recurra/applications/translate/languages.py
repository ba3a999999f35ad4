"""Both languages as numbers: subwords, and the marks that begin and end a sentence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from torch import Tensor

from recurra.applications.translate.checks import even
from recurra.applications.words import Subwords

END, START = 0, 1
MARKS = 2
"""How many numbers are marks; subwords are counted from here on."""

LEAST, MOST = 512, 16_000
"""Bounds of the number of subwords."""

SHARED = 0.5
"""From how much of their letters in common on two languages have one vocabulary."""


class Languages:
    """The subwords of two languages, in one vocabulary or one for each.

    Args:
        source: Of what is read.
        target: Of what is written; the same object where they share.
    """

    def __init__(self, source: Subwords, target: Subwords) -> None:
        self.source, self.target = source, target

    @classmethod
    def of(
        cls, sources: Sequence[str], targets: Sequence[str], *, size: int | None, shared: bool
    ) -> Self:
        """Learns subwords.

        Args:
            sources: Sentences to learn from.
            targets: Their translations.
            size: The most subwords of a vocabulary, marks not counted; None for
                :func:`vocabulary_size` of what each is learned from.
            shared: Whether there is one vocabulary for both.

        Raises:
            OptionError: If ``size`` is below 256, or tokenizers is not installed.
        """
        if shared:
            both = _learned([*sources, *targets], size)
            return cls(both, both)
        return cls(_learned(sources, size), _learned(targets, size))

    @property
    def shared(self) -> bool:
        """Whether there is one vocabulary for both."""
        return self.source is self.target

    @property
    def sizes(self) -> tuple[int, int]:
        """How many numbers there are of each, marks included."""
        return MARKS + len(self.source), MARKS + len(self.target)

    def read(self, sentence: str) -> list[int]:
        """A sentence of the source as numbers, the end mark last."""
        return [*_numbers(self.source, sentence), END]

    def written(self, sentence: str) -> list[int]:
        """A sentence of the target as numbers, the end mark last."""
        return [*_numbers(self.target, sentence), END]

    def text(self, numbers: Iterable[int]) -> str:
        """The sentence of the target that numbers stand for; marks are passed over."""
        return even(self.target.decode(n - MARKS for n in numbers if n >= MARKS))

    def source_text(self, numbers: Iterable[int]) -> str:
        """The text of some numbers of the source as it is, blanks around it too."""
        return self.source.decode(n - MARKS for n in numbers if n >= MARKS)

    def pieces(self, numbers: Iterable[int], *, of_source: bool) -> list[str]:
        """What each number stands for, to be shown; the end mark as ⏎."""
        words = self.source if of_source else self.target
        return [words.decode([n - MARKS]).strip() if n >= MARKS else "⏎" for n in numbers]

    def to_tensors(self) -> dict[str, Tensor]:
        """All that was learned, by name, for a model's file."""
        own = {"source": self.source.to_tensor()}
        return own if self.shared else {**own, "target": self.target.to_tensor()}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor]) -> Self:
        """Reads what :meth:`to_tensors` made.

        Raises:
            ModelFileError: If it is damaged.
            OptionError: If tokenizers is not installed.
        """
        source = Subwords.from_tensor(tensors["source"])
        return cls(
            source, Subwords.from_tensor(tensors["target"]) if "target" in tensors else source
        )


def vocabulary_size(texts: Iterable[str]) -> int:
    """How many subwords: twice the root of the bytes of the texts, in hundreds.

    So 4,000 for four million bytes; from 512 to 16,000.
    """
    size = sum(len(one.encode("utf-8", "replace")) for one in texts)
    return min(MOST, max(LEAST, round(2 * math.sqrt(size) / 100) * 100))


def in_common(sources: Iterable[str], targets: Iterable[str]) -> float:
    """How much of their letters two languages have in common, from 0 to 1.

    The sum over letters of the smaller of its two shares, in lower case.
    """
    a, b = _letters(sources), _letters(targets)
    return sum(min(share, b[letter]) for letter, share in a.items() if letter in b)


def _letters(texts: Iterable[str]) -> dict[str, float]:
    counted = Counter(letter for one in texts for letter in one.lower() if letter.isalpha())
    total = counted.total()
    return {letter: count / total for letter, count in counted.items()}


def _learned(texts: Sequence[str], size: int | None) -> Subwords:
    return Subwords.of(map(_begun, texts), vocabulary_size(texts) if size is None else size)


def _numbers(words: Subwords, sentence: str) -> list[int]:
    return [MARKS + n for n in words.encode(_begun(sentence))]


def _begun(sentence: str) -> str:
    """A blank before the first word too, so that it is the word that it is elsewhere."""
    # Halves of letters, which Python lets stand alone, have no bytes.
    return f" {even(sentence)}".encode("utf-8", "replace").decode()
