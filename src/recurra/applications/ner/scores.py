"""How many entities are found, and how many that are found are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from recurra.applications.ner.chunks import Chunk


class Counts(NamedTuple):
    """Entities, counted.

    Attributes:
        true: Those of the truth.
        found: Those answered.
        right: Those answered that are of the truth: same tokens, same kind.
    """

    true: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Of what was answered, the share that is right, from 0 to 1; 0 of nothing."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Of the truth, the share that was answered, from 0 to 1; 0 of nothing."""
        return self.right / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        both = self.true + self.found
        return 2 * self.right / both if both else 0.0

    def to_json(self) -> dict[str, float]:
        """As plain data."""
        return {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            **self._asdict(),
        }


@dataclass(frozen=True)
class Scores:
    """Answers held against the truth, by exact match.

    The measure of the CoNLL shared tasks: Tjong Kim Sang & De Meulder 2003, section 2.4.

    Attributes:
        kinds: The counts of each kind, in alphabetical order.
        sentences: How many were judged.
        tokens: How many they have.
    """

    kinds: dict[str, Counts]
    sentences: int
    tokens: int

    @classmethod
    def of(
        cls,
        truth: Sequence[Sequence[Chunk]],
        answers: Sequence[Sequence[Chunk]],
        lengths: Sequence[int],
    ) -> Scores:
        """Counts.

        Args:
            truth: The entities of each sentence.
            answers: Those answered, of the same sentences.
            lengths: The tokens of each.
        """
        true, found, right = Counter[str](), Counter[str](), Counter[str]()
        for one, other in zip(truth, answers, strict=True):
            true.update(chunk.kind for chunk in one)
            found.update(chunk.kind for chunk in other)
            right.update(chunk.kind for chunk in set(one) & set(other))
        kinds = sorted({*true, *found})
        return cls(
            {kind: Counts(true[kind], found[kind], right[kind]) for kind in kinds},
            len(lengths),
            sum(lengths),
        )

    @property
    def overall(self) -> Counts:
        """Of all kinds together: what is called micro-averaged."""
        every = list(self.kinds.values())
        return Counts(
            sum(one.true for one in every),
            sum(one.found for one in every),
            sum(one.right for one in every),
        )

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "sentences": self.sentences,
            "tokens": self.tokens,
            **self.overall.to_json(),
            "kinds": {kind: counts.to_json() for kind, counts in self.kinds.items()},
        }
