"""BLEU by the library sacrebleu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recurra.applications.words import stand_alone
from recurra.libraries import library


@dataclass(frozen=True)
class Bleu:
    """BLEU of sentences together.

    Attributes:
        score: From 0 to 100: Papineni et al. 2002; the text is as users read it (detokenised), and
            the library cuts it into words (Post 2018, arXiv:1804.08771).
        signature: How it was measured, as sacrebleu says it.
    """

    score: float
    signature: str

    @classmethod
    def of(cls, found: Sequence[str], references: Sequence[Sequence[str]]) -> Bleu:
        """Measures.

        Chinese references, and those in other scripts without spaces, are cut into characters.

        Args:
            found: N sentences, at least 1.
            references: One or several for each.

        Raises:
            OptionError: If sacrebleu is not installed.
        """
        metric = sacrebleu().BLEU(tokenize=_tokenizer([one for some in references for one in some]))
        most = max(map(len, references))
        # The library wants as many for each; None where there are fewer.
        columns = [[some[n] if n < len(some) else None for some in references] for n in range(most)]
        score = float(metric.corpus_score(list(found), columns).score)
        # Rounding may leave a little above 100.
        return cls(min(100.0, score), str(metric.get_signature()))


def sacrebleu() -> Any:
    """The metrics of the library.

    Raises:
        OptionError: If it is not installed.
    """
    use = "BLEU and chrF"
    return library("sacrebleu", package="sacrebleu", use=use, extra="translate").metrics


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
