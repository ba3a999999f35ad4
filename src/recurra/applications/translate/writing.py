"""Translations, written symbol by symbol by beam search."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from recurra.applications.translate.languages import END, START
from recurra.applications.translate.network import Network
from recurra.structures import ManyToMany, beam_search, greedy

ROWS = 400
"""Hypotheses that are extended at once, of all sentences of a batch together."""

LENGTH_PENALTY = 1.0
ROOM = 10
"""Symbols that every translation may have, however short its source is."""


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


@dataclass(frozen=True)
class Translation:
    """A sentence in the other language.

    Attributes:
        source: What was read.
        text: What was written; empty where the source is blank.
        score: The mean log-probability of its symbols in nats, at most 0: the higher the surer.
        pieces: In how many pieces a long sentence was translated; 0 for a blank one.
        ended: Whether it came to its end, rather than to the most that it may have.
    """

    source: str
    text: str
    score: float
    pieces: int
    ended: bool

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"source": self.source, "translation": self.text, "score": self.score}


@torch.no_grad()
def write(
    network: Network, sources: Sequence[Sequence[int]], *, beam: int, ratio: float
) -> list[Written]:
    """The likeliest translation of each source that a beam finds.

    Sources of one length are written together, so that none is padded and what is written for one
    does not depend on the others.

    Args:
        network: In evaluation mode.
        sources: Numbers, the end mark last.
        beam: How many hypotheses of each are extended, at least 1; 1 takes the likeliest symbol at
            each step.
        ratio: How many symbols a translation may have for each of its source, beside 10.
    """
    found: dict[int, Written] = {}
    for places in _alike(sources, max(1, ROWS // beam)):
        source = torch.tensor([sources[place] for place in places])
        most = ROOM + math.ceil(ratio * source.shape[1])
        found.update(zip(places, _written(network.structure, source, beam, most), strict=True))
    return [found[place] for place in range(len(sources))]


def _written(structure: ManyToMany, source: Tensor, beam: int, most: int) -> list[Written]:
    """What is written for sources (B, S), of at most so many symbols each."""
    start, state = torch.full((len(source),), START), structure.start(source)
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


def _alike(sources: Sequence[Sequence[int]], most: int) -> Iterator[list[int]]:
    """The places of sources of one length, at most so many at a time."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(sources):
        by_length[len(one)].append(place)
    for _, places in sorted(by_length.items()):
        for first in range(0, len(places), most):
            yield places[first : first + most]
