"""Both languages as numbers: subwords, and the marks that begin and end a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from torch import Tensor

from recurra.applications.words import Sentences, vocabulary_size

SHARED = 0.5
"""From how much of their letters in common on two languages have one vocabulary."""


class Languages:
    """The subwords of two languages, in one vocabulary or one for each.

    Args:
        source: Of what is read.
        target: Of what is written; the same object where they share.
    """

    def __init__(self, source: Sentences, target: Sentences) -> None:
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
        return len(self.source), len(self.target)

    def read(self, sentence: str) -> list[int]:
        """A sentence of the source as numbers, the end mark last."""
        return self.source.numbers(sentence)

    def written(self, sentence: str) -> list[int]:
        """A sentence of the target as numbers, the end mark last."""
        return self.target.numbers(sentence)

    def text(self, numbers: Iterable[int]) -> str:
        """The sentence of the target that numbers stand for; marks are passed over."""
        return self.target.text(numbers)

    def source_text(self, numbers: Iterable[int]) -> str:
        """The text of some numbers of the source as it is, blanks around it too."""
        return self.source.as_it_is(numbers)

    def pieces(self, numbers: Iterable[int], *, of_source: bool) -> list[str]:
        """What each number stands for, to be shown; the end mark as ⏎."""
        return (self.source if of_source else self.target).pieces(numbers)

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
        source = Sentences.from_tensor(tensors["source"])
        return cls(
            source, Sentences.from_tensor(tensors["target"]) if "target" in tensors else source
        )


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


def _learned(texts: Sequence[str], size: int | None) -> Sentences:
    return Sentences.of(texts, vocabulary_size(texts) if size is None else size)
