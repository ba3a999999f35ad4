"""What each base of a sequence of any length probably is, read piece by piece on both strands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from recurra.applications.dna.alphabet import reverse_complement
from recurra.applications.dna.genes.annotated import KINDS, SWAPPED
from recurra.applications.dna.genes.network import Network
from recurra.training.mode import in_mode

CORE = 6000
"""Bases answered of a window."""

MARGIN = 900
"""Bases read on both sides of them."""

TOGETHER = 16
"""Windows read at once."""


class Core(NamedTuple):
    """A stretch that is read, and the part of it that is answered.

    Attributes:
        start: The first base read.
        end: The base behind the last.
        kept: The first base answered.
        until: The base behind the last answered.
    """

    start: int
    end: int
    kept: int
    until: int


def cores(length: int, core: int, margin: int) -> list[Core]:
    """Stretches over a sequence that overlap, in which each base is answered once.

    Args:
        length: L, its bases.
        core: How many are answered of a stretch, at least 1.
        margin: How many more are read on both sides, where there are any.
    """
    return [
        Core(
            max(0, kept - margin), min(length, kept + core + margin), kept, min(length, kept + core)
        )
        for kept in range(0, length, core)
    ]


def chances(networks: Sequence[Network], bases: Tensor) -> Tensor:
    """The probability of each kind of base, float32 (L, 7).

    The mean over networks, and over both strands: what the other strand is read as is turned back.

    Args:
        networks: At least one.
        bases: uint8 (L,).
    """
    found = torch.zeros(len(bases), KINDS)
    every = cores(len(bases), CORE, MARGIN)
    for some in _alike(every):
        rows = torch.stack([bases[one.start : one.end] for one in some])
        for row, one in zip(_both_strands(networks, rows), some, strict=True):
            found[one.kept : one.until] = row[one.kept - one.start : one.until - one.start]
    return found


def _both_strands(networks: Sequence[Network], rows: Tensor) -> Tensor:
    """(B, L) to (B, L, 7)."""
    lengths = torch.full((len(rows),), rows.shape[1])
    total = torch.zeros(*rows.shape, KINDS)
    for network in networks:
        with in_mode(network, training=False), torch.no_grad():
            total += network(rows, lengths).exp()
            total += network(reverse_complement(rows), lengths).exp().flip(1)[..., SWAPPED]
    return total / (2 * len(networks))


def _alike(every: Sequence[Core]) -> Iterator[list[Core]]:
    """Those of one length together, a few at once."""
    by_length: dict[int, list[Core]] = {}
    for one in every:
        by_length.setdefault(one.end - one.start, []).append(one)
    for same in by_length.values():
        for first in range(0, len(same), TOGETHER):
            yield same[first : first + TOGETHER]
