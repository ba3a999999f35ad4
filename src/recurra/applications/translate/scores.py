"""How near translations are to those that people made: BLEU and chrF, by the library sacrebleu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recurra.applications.words import stand_alone
from recurra.errors import OptionError

INSTALL = 'pip install "recurra[translate]"'


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
        library = sacrebleu()
        bleu = library.BLEU(tokenize=_tokenizer(references))
        chrf = library.CHRF()
        truth = [list(references)]
        # Rounding may leave a little above 100.
        found = [
            min(100.0, float(one.corpus_score(list(translations), truth).score))
            for one in (bleu, chrf)
        ]
        signatures = [str(one.get_signature()) for one in (bleu, chrf)]
        return cls(len(references), found[0], found[1], signatures[0], signatures[1])

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "sentences": self.count,
            "bleu": self.bleu,
            "chrf": self.chrf,
            "bleu_signature": self.bleu_signature,
            "chrf_signature": self.chrf_signature,
        }


def sacrebleu() -> Any:
    """The metrics of the library.

    Raises:
        OptionError: If it is not installed.
    """
    try:
        from sacrebleu import metrics  # noqa: PLC0415 - an extra, needed for scores only
    except ImportError as error:
        raise OptionError(
            "BLEU and chrF, for which the library sacrebleu is not installed", "sacrebleu", INSTALL
        ) from error
    return metrics


def _tokenizer(references: Sequence[str]) -> str:
    """Which of sacrebleu's rules cuts a text into words."""
    letters = [letter for one in references for letter in one if letter.isalpha()]
    alone = [letter for letter in letters if stand_alone(letter)]
    if 2 * len(alone) <= len(letters):
        return "13a"
    # Its rule for Chinese leaves the letters of other scripts together.
    return "zh" if 10 * sum(map(_is_chinese, alone)) >= 9 * len(alone) else "char"


def _is_chinese(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff"
