"""What is heard in a recording, and when."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from torch import Tensor

from recurra.applications.speech.alphabet import BLANK, SPACE, Alphabet
from recurra.applications.speech.spectrum import EDGE, HOP


@dataclass(frozen=True)
class Letter:
    """A letter that is heard.

    Attributes:
        number: Its own.
        step: At which it is heard first.
        probability: The greatest of its steps, from 0 to 1.
    """

    number: int
    step: int
    probability: float


@dataclass(frozen=True)
class Word:
    """A word that is heard.

    Attributes:
        text: The word.
        begin: Seconds from the beginning of the recording to where its first letter is heard: a
            network that reads both ways tells a letter somewhere within its sound.
        end: Likewise of its last letter.
        probability: The least of its letters', from 0 to 1.
    """

    text: str
    begin: float
    end: float
    probability: float


@dataclass(frozen=True)
class Transcript:
    """What is heard in a recording.

    Attributes:
        text: In small letters, without marks.
        words: When each word is heard; none where a lexicon says which there are.
    """

    text: str
    words: tuple[Word, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"text": self.text, "words": [vars(one) for one in self.words]}


def letters_of(log_probs: Tensor) -> list[Letter]:
    """The letters of the likeliest alignment (Graves et al. 2006, eq. 4).

    Args:
        log_probs: Of letters at each step, (S, V).
    """
    values, numbers = log_probs.max(1)
    steps = zip(numbers.tolist(), range(len(numbers)), values.exp().tolist(), strict=True)
    runs = [list(run) for _, run in groupby(steps, key=lambda step: step[0])]
    return [
        Letter(run[0][0], run[0][1], max(one[2] for one in run))
        for run in runs
        if run[0][0] != BLANK
    ]


def transcript(log_probs: Tensor, alphabet: Alphabet, seconds: float) -> Transcript:
    """Letter by letter what is heard.

    Args:
        log_probs: Of letters at each step, (S, V), those of the silence before it among them.
        alphabet: The letters.
        seconds: Of a step.
    """
    before = EDGE * HOP
    words: list[Word] = []
    letters = letters_of(log_probs)
    named = [(alphabet.letters[one.number - 1], one) for one in letters]
    for is_space, run in groupby(named, key=lambda pair: pair[0] == SPACE):
        if not is_space:
            own = list(run)
            first, last = own[0][1], own[-1][1]
            words.append(
                Word(
                    "".join(letter for letter, _ in own),
                    max(0.0, round(first.step * seconds - before, 3)),
                    max(0.0, round((last.step + 1) * seconds - before, 3)),
                    min(one.probability for _, one in own),
                )
            )
    return Transcript(SPACE.join(one.text for one in words), tuple(words))
