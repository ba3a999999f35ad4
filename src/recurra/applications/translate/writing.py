"""Translations, written symbol by symbol by beam search."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from recurra.applications.translate.network import Network
from recurra.applications.written import Written, written

ROWS = 400
"""Hypotheses that are extended at once, of all sentences of a batch together."""

ROOM = 10
"""Symbols that every translation may have, however short its source is."""


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
        state = network.structure.start(source)
        some = written(network.structure, state, len(source), beam, most)
        found.update(zip(places, some, strict=True))
    return [found[place] for place in range(len(sources))]


def _alike(sources: Sequence[Sequence[int]], most: int) -> Iterator[list[int]]:
    """The places of sources of one length, at most so many at a time."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(sources):
        by_length[len(one)].append(place)
    for _, places in sorted(by_length.items()):
        for first in range(0, len(places), most):
            yield places[first : first + most]
