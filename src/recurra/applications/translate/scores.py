"""How near translations are to those that people made: BLEU and chrF, by the library sacrebleu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recurra.applications.scoring import Bleu, sacrebleu


@dataclass(frozen=True)
class Scores:
    """Translations held against references.

    Attributes:
        count: How many sentences.
        bleu: BLEU of all of them together, from 0 to 100: Papineni et al. 2002; the text is as
            users read it (detokenised), and the library cuts it into words (Post 2018,
            arXiv:1804.08771).
        chrf: chrF2, the F-score of character n-grams, from 0 to 100: Popović 2015.
        bleu_signature: How BLEU was measured, as sacrebleu says it.
        chrf_signature: How chrF was.
    """

    count: int
    bleu: float
    chrf: float
    bleu_signature: str
    chrf_signature: str

    @classmethod
    def of(cls, translations: Sequence[str], references: Sequence[str]) -> Scores:
        """Measures.

        BLEU cuts Chinese references, and those in other scripts without spaces, into characters.

        Args:
            translations: N of them, at least 1.
            references: One for each.

        Raises:
            OptionError: If sacrebleu is not installed.
        """
        bleu = Bleu.of(translations, [[one] for one in references])
        metric = sacrebleu().CHRF()
        # Rounding may leave a little above 100.
        chrf = min(100.0, float(metric.corpus_score(list(translations), [list(references)]).score))
        return cls(len(references), bleu.score, chrf, bleu.signature, str(metric.get_signature()))

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "sentences": self.count,
            "bleu": self.bleu,
            "chrf": self.chrf,
            "bleu_signature": self.bleu_signature,
            "chrf_signature": self.chrf_signature,
        }
