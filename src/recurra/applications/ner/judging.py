"""What was found, held against what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recurra.applications.ner.checks import Given
from recurra.applications.ner.chunks import Chunk
from recurra.applications.ner.marked import Marked, marked
from recurra.applications.ner.scores import Scores


@dataclass(frozen=True)
class Judged:
    """How well a tagger does on some sentences.

    Attributes:
        scores: The figures.
        marked: Some of the sentences, with what is there and what was found.
        notes: What is to be known of them.
    """

    scores: Scores
    marked: list[Marked]
    notes: tuple[str, ...]


def judged(given: Given, found: Sequence[Sequence[Chunk]], notes: Sequence[str] = ()) -> Judged:
    """Judges answers.

    Args:
        given: The sentences and what is there.
        found: The entities answered, of each.
        notes: What else is to be known.
    """
    lengths = [len(tokens) for tokens in given.sentences]
    return Judged(
        Scores.of(given.chunks, found, lengths),
        marked(given.sentences, given.chunks, found),
        (*given.notes, *notes),
    )
