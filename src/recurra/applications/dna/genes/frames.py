"""From what each base probably is to genes: open reading frames, from a start codon to a stop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.applications.dna.alphabet import reverse_complement
from recurra.applications.dna.genes.annotated import FORWARD, SWAPPED, Gene
from recurra.applications.dna.genes.code import codons, number, stops

SHORTEST = 90
"""The bases of the shortest frame that is looked at, its stop codon included."""

OVERLAP = 60
"""The most bases that a gene may share with those that were taken before it."""

SUREST = 0.999
"""A base counts for no more than if it were so probably coding, and for no less than 1 minus it."""


class Frame(NamedTuple):
    """An open reading frame.

    Attributes:
        start: Its leftmost base.
        end: The base behind its rightmost.
        forward: Whether it is on the strand that is written.
        score: How much speaks for it; above 0 more than against it.
    """

    start: int
    end: int
    forward: bool
    score: float

    @property
    def gene(self) -> Gene:
        """The same as a gene."""
        return Gene(((self.start, self.end),), self.forward)


def frames(bases: Tensor, chances: Tensor, starts: Mapping[str, float], table: int) -> list[Frame]:
    """The frames that more speaks for than against, of both strands.

    A frame goes from a start codon to the first stop codon behind it in step, the stop included.
    Its score is the sum over its bases of log p - log(1 - p), p being the probability that the base
    is coding in this frame's step, plus the logarithm of the share of genes that begin with its
    start codon. Of the start codons before a stop the one with the best score is taken.

    Args:
        bases: uint8 (L,).
        chances: The probability of each kind of base, (L, 7).
        starts: The codons that genes begin with, and the share of each.
        table: The number of the genetic code.
    """
    size = len(bases)
    found = [Frame(a, b, True, score) for a, b, score in _forward(bases, chances, starts, table)]
    other = _forward(reverse_complement(bases), chances.flip(0)[:, SWAPPED], starts, table)
    return [*found, *(Frame(size - b, size - a, False, score) for a, b, score in other)]


def chosen(candidates: Iterable[Frame], length: int, least: float) -> list[Frame]:
    """The frames that are taken for genes, the best first.

    One after the other, from the highest score down to ``least``: a frame is taken unless it shares
    more than 60 bases, or half of its own, with those that were taken before.

    Args:
        candidates: Frames of one sequence.
        length: L, its bases.
        least: The least score of a gene.
    """
    taken = np.zeros(length, dtype=bool)
    found = []
    for frame in sorted(candidates, key=lambda one: (-one.score, one)):
        if frame.score < least:
            break
        shared = int(taken[frame.start : frame.end].sum())
        if shared <= min(OVERLAP, (frame.end - frame.start) // 2):
            taken[frame.start : frame.end] = True
            found.append(frame)
    return found


def best_least(frames: Sequence[Frame], right: Sequence[bool], true: int) -> float:
    """The least score of a gene that makes F1 the highest: 0 if none is right.

    It is the geometric mean of the last score that is taken and the first that is not.

    Args:
        frames: As :func:`chosen` takes them, of sequences whose genes are known.
        right: Whether each is one of those genes.
        true: How many genes there are.
    """
    if not any(right):
        return 0.0
    order = sorted(range(len(frames)), key=lambda place: -frames[place].score)
    hits = np.cumsum([right[place] for place in order])
    best = int(np.argmax(2 * hits / (np.arange(1, len(order) + 1) + true)))
    last = frames[order[best]].score
    below = frames[order[best + 1]].score if best + 1 < len(order) else min(1.0, last)
    return float(np.sqrt(last * below))


def strands(frames: Sequence[Frame], length: int) -> Tensor:
    """Which strand each base codes on, by genes that were found, the best first: uint8 (L,)."""
    found = torch.zeros(length, dtype=torch.uint8)
    for frame in reversed(frames):
        found[frame.start : frame.end] = 1 if frame.forward else 2
    return found


def _forward(
    bases: Tensor, chances: Tensor, starts: Mapping[str, float], table: int
) -> list[tuple[int, int, float]]:
    """Start, end and score of the frames of the strand that is written."""
    coding = chances[:, FORWARD : FORWARD + 3].double().clamp(1 - SUREST, SUREST)
    odds = torch.log(coding / (1 - coding)).numpy()
    every = codons(bases)
    bonus = np.full(65, -np.inf)
    for codon, share in starts.items():
        bonus[number(codon)] = np.log(share)
    ends = np.isin(every, [number(codon) for codon in stops(table)])
    found: list[tuple[int, int, float]] = []
    for step in range(3):
        count = (len(every) - step) // 3
        if count:
            places = step + 3 * np.arange(count)
            gains = odds[places, 0] + odds[places + 1, 1] + odds[places + 2, 2]
            best = _in_step(gains, bonus[every[places]], ends[places])
            found += [(step + 3 * a, step + 3 * b + 3, score) for a, b, score in best]
    return found


def _in_step(
    gains: NDArray[np.float64], bonus: NDArray[np.float64], ends: NDArray[np.bool_]
) -> list[tuple[int, int, float]]:
    """The codon of the best start before each stop, that of the stop, and the score."""
    last = np.flatnonzero(ends)
    if not len(last):
        return []
    # What is gained by beginning at a codon instead of at the first of all.
    before = np.concatenate([[0.0], np.cumsum(gains)])
    begun = bonus[: last[-1] + 1] - before[: last[-1] + 1]
    begun[last] = -np.inf
    first = np.concatenate([[0], last[:-1] + 1])
    most = np.maximum.reduceat(begun, first)
    scores = most + before[last + 1]
    good = np.flatnonzero(scores > 0)
    found = []
    for one in good.tolist():
        a, b = int(first[one]), int(last[one])
        start = a + int(begun[a : b + 1].argmax())
        if 3 * (b + 1 - start) >= SHORTEST:
            found.append((start, b, float(scores[one])))
    return found
