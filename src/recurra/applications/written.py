"""Sentences that a network writes symbol by symbol, by beam search."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import torch

from recurra.applications.words import END, START
from recurra.structures import beam_search, greedy
from recurra.structures.decoding.stepwise import Stepwise

LENGTH_PENALTY = 1.0

S = TypeVar("S")


class Written(NamedTuple):
    """What was written for a source.

    Attributes:
        numbers: Its symbols; the end mark is the last if it ended.
        log_probability: Of all of them together, in nats, at most 0.
    """

    numbers: list[int]
    log_probability: float

    @property
    def ended(self) -> bool:
        """Whether the end mark was written; if not, it was cut off at its greatest length."""
        return self.numbers[-1:] == [END]


def written(structure: Stepwise[S], state: S, rows: int, beam: int, most: int) -> list[Written]:
    """The likeliest sentence that a beam finds, for each row.

    Args:
        structure: What writes, in evaluation mode.
        state: Where it stands before the first step.
        rows: How many there are.
        beam: How many hypotheses of each are extended, at least 1; 1 takes the likeliest symbol at
            each step.
        most: The most symbols that a sentence may have.
    """
    start = torch.full((rows,), START)
    if beam == 1:
        # Beam search would look on behind the first end that it finds.
        decoded = greedy(structure, start, state, end=END, max_length=most)
        return list(map(Written, decoded.sequences(), decoded.scores.tolist()))
    decoded = beam_search(
        structure,
        start,
        state,
        end=END,
        max_length=most,
        beam=beam,
        length_penalty=LENGTH_PENALTY,
    )
    # The search divides by the length in its own way; see beam_search.
    divisors = (((5 + decoded.lengths) / 6) ** LENGTH_PENALTY).tolist()
    scores = decoded.scores.tolist()
    return [
        Written(numbers, score * divisor)
        for numbers, score, divisor in zip(decoded.sequences(), scores, divisors, strict=True)
    ]
