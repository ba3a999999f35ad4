"""How near captions come to those that people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recurra.applications.scoring import Bleu
from recurra.applications.words import even


@dataclass(frozen=True)
class Scores:
    """Captions held against references.

    Attributes:
        count: How many pictures.
        exact: The share of captions that are one of their references, letter by letter, from 0 to
            1; blanks around and runs of them do not count.
        bleu: BLEU of all of them together, from 0 to 100.
        bleu_signature: How it was measured, as sacrebleu says it.
    """

    count: int
    exact: float
    bleu: float
    bleu_signature: str

    @classmethod
    def of(cls, found: Sequence[str], references: Sequence[Sequence[str]]) -> Scores:
        """Measures.

        Args:
            found: N captions, at least 1.
            references: One or several for each.

        Raises:
            OptionError: If sacrebleu is not installed.
        """
        truth = [[even(one) for one in some] for some in references]
        right = sum(even(one) in some for one, some in zip(found, truth, strict=True))
        bleu = Bleu.of(found, truth)
        return cls(len(found), right / len(found), bleu.score, bleu.signature)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "pictures": self.count,
            "exact": self.exact,
            "bleu": self.bleu,
            "bleu_signature": self.bleu_signature,
        }
