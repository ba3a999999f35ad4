"""How near texts that were heard come to those that were spoken, by the library jiwer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recurra.applications.scoring import Scores as Classes
from recurra.applications.speech.sound import library

NOTHING = "(nothing)"
"""Stands for a word that is missing, on either side."""

MOST_WORDS = 20
"""Different words of which it is shown which were taken for which, at most."""


@dataclass(frozen=True)
class Scores:
    """Texts held against what was said.

    Attributes:
        recordings: How many.
        exact: The share that is right to the letter, from 0 to 1.
        words: How many were said.
        wer: Word error rate: substitutions, deletions and insertions for each word that was said.
        cer: Character error rate, likewise of characters, spaces among them.
        substitutions: Words that were taken for others.
        deletions: Words that were missed.
        insertions: Words that were not said.
        pairs: How often a word (said, answered) met which, right ones too; :data:`NOTHING` stands
            for none.
    """

    recordings: int
    exact: float
    words: int
    wer: float
    cer: float
    substitutions: int
    deletions: int
    insertions: int
    pairs: Counter[tuple[str, str]]

    @classmethod
    def of(cls, truth: Sequence[str], answers: Sequence[str]) -> Scores:
        """Measures.

        Args:
            truth: N texts, at least 1, none blank.
            answers: What was heard of each.

        Raises:
            OptionError: If jiwer is not installed.
        """
        jiwer = library("jiwer")
        words = jiwer.process_words(list(truth), list(answers))
        right = sum(a == b for a, b in zip(truth, answers, strict=True))
        return cls(
            len(truth),
            right / len(truth),
            sum(len(one.split()) for one in truth),
            float(words.wer),
            float(jiwer.cer(list(truth), list(answers))),
            int(words.substitutions),
            int(words.deletions),
            int(words.insertions),
            _pairs(words),
        )

    @property
    def confusion(self) -> Classes | None:
        """Which words were taken for which; None if there are too many, or they do not recur."""
        spoken = sorted({said for said, _ in self.pairs} - {NOTHING})
        every = [pair for pair, count in self.pairs.items() for _ in range(count)]
        found = {heard for _, heard in self.pairs}
        if not 2 <= len(spoken) <= min(MOST_WORDS, self.words // 2):
            return None
        # What is no word at all is not told apart.
        other = "(other)"
        answers = [heard if heard in {*spoken, NOTHING} else other for _, heard in every]
        names = [*spoken, NOTHING] + ([other] if found - {*spoken, NOTHING} else [])
        return Classes.of([said for said, _ in every], answers, names, "words")

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        wrong = [(pair, n) for pair, n in self.pairs.most_common() if pair[0] != pair[1]]
        return {
            "recordings": self.recordings,
            "exact": self.exact,
            "words": self.words,
            "wer": self.wer,
            "cer": self.cer,
            "substitutions": self.substitutions,
            "deletions": self.deletions,
            "insertions": self.insertions,
            "mistakes": [
                {"said": said, "heard": heard, "times": times}
                for (said, heard), times in wrong[:50]
            ],
        }


def _pairs(found: Any) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    rows = zip(found.references, found.hypotheses, found.alignments, strict=True)
    for said, heard, alignment in rows:
        for one in alignment:
            own = said[one.ref_start_idx : one.ref_end_idx]
            theirs = heard[one.hyp_start_idx : one.hyp_end_idx]
            many = max(len(own), len(theirs))
            own, theirs = (
                [*some, *[NOTHING] * (many - len(some))] for some in (list(own), list(theirs))
            )
            counted.update(zip(own, theirs, strict=True))
    return counted
