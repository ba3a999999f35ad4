"""Sequences and their genes: which strand each base codes on, and as which of its codon's bases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor

NEITHER = 0
FORWARD = 1
"""The first base of a codon of the forward strand; its second and third are 2 and 3."""

BACKWARD = 4
"""The first base of a codon of the other strand, which is its rightmost; then 5 and 6."""

KINDS = 7
UNKNOWN = 255
"""A base of a pseudogene: nothing is learned from it."""

STRANDS = ("neither", "forward", "backward")
STRAND_OF = torch.tensor([0, 1, 1, 1, 2, 2, 2])
"""Which of the strands each kind of base is of, (7,)."""

SWAPPED = torch.tensor([0, 4, 5, 6, 1, 2, 3])
"""What each kind of base is when the sequence is read from the other strand, (7,)."""


class Gene(NamedTuple):
    """A coding sequence.

    Attributes:
        parts: Where it is, from left to right: the first base of each part, counted from 0, and the
            base behind its last.
        forward: Whether it is on the strand that is written.
        name: Its name; "" for none.
        pseudo: Whether it is said to be a pseudogene, which makes no protein.
        phase: The bases at its beginning that belong to a codon which is not whole, 0 to 2.
    """

    parts: tuple[tuple[int, int], ...]
    forward: bool
    name: str = ""
    pseudo: bool = False
    phase: int = 0

    @property
    def start(self) -> int:
        """Its leftmost base."""
        return self.parts[0][0]

    @property
    def end(self) -> int:
        """The base behind its rightmost."""
        return self.parts[-1][1]

    @property
    def stop(self) -> int:
        """Where it ends in its own direction of reading: its 3' end."""
        return self.end if self.forward else self.start

    def moved(self, by: int) -> Gene:
        """The same, so many bases to the right."""
        return self._replace(parts=tuple((a + by, b + by) for a, b in self.parts))

    def kinds(self) -> tuple[Tensor, Tensor]:
        """Its bases, and the kind of each, int64 (G,)."""
        places = torch.cat([torch.arange(a, b) for a, b in self.parts])
        if not self.forward:
            places = places.flip(0)
        codon = (torch.arange(len(places)) - self.phase) % 3
        return places, codon + (FORWARD if self.forward else BACKWARD)


@dataclass(frozen=True)
class Annotated:
    """A sequence whose genes are known.

    A base that is coded several times, perhaps on both strands, is of the kind that it has in the
    longest of its genes. A base of a pseudogene that no gene codes is ``UNKNOWN``.

    Attributes:
        name: Its name.
        bases: The numbers of its letters, uint8 (L,).
        kinds: What each base is, uint8 (L,).
        genes: Those that lie in it whole, without pseudogenes.
    """

    name: str
    bases: Tensor
    kinds: Tensor
    genes: tuple[Gene, ...]

    @classmethod
    def of(cls, name: str, bases: Tensor, genes: Iterable[Gene]) -> Annotated:
        """From the places of genes and pseudogenes."""
        every = sorted(genes, key=lambda gene: sum(b - a for a, b in gene.parts))
        kinds = torch.zeros(len(bases), dtype=torch.uint8)
        # Longer genes over shorter ones, and pseudogenes only where nothing else is.
        for gene in (one for one in every if not one.pseudo):
            places, own = gene.kinds()
            kinds[places] = own.to(torch.uint8)
        for gene in (one for one in every if one.pseudo):
            places, _ = gene.kinds()
            kinds[places] = torch.where(kinds[places] == NEITHER, UNKNOWN, kinds[places])
        whole = sorted((one for one in every if not one.pseudo), key=lambda gene: gene.start)
        return cls(name, bases, kinds, tuple(whole))

    def part(self, start: int, end: int) -> Annotated:
        """From a base to before another; genes that are not whole in it leave only their bases."""
        inside = (gene for gene in self.genes if gene.start >= start and gene.end <= end)
        return replace(
            self,
            bases=self.bases[start:end],
            kinds=self.kinds[start:end],
            genes=tuple(gene.moved(-start) for gene in inside),
        )


def split(records: Sequence[Annotated], share: float) -> tuple[list[Annotated], list[Annotated]]:
    """The first share of all bases, in the order of the sequences, and the rest.

    Args:
        records: Sequences, one of which may be cut.
        share: Of the first part, from 0 to 1.
    """
    left = round(share * sum(len(one.bases) for one in records))
    first, rest = [], []
    for one in records:
        size = len(one.bases)
        cut = min(left, size)
        if cut:
            first.append(one.part(0, cut))
        if cut < size:
            rest.append(one.part(cut, size))
        left -= cut
    return first, rest
