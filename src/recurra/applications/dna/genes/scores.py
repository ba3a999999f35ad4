"""How many bases are right, and how many genes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from recurra.applications.dna.genes.annotated import (
    STRAND_OF,
    STRANDS,
    UNKNOWN,
    Annotated,
    Gene,
)
from recurra.applications.dna.genes.frames import Frame
from recurra.applications.scoring import Scores


@dataclass(frozen=True)
class GeneCounts:
    """Genes that are there and genes that were found.

    Attributes:
        true: Those that are there.
        found: Those that were found.
        ends: Those found that end where one does that is there, on the same strand.
        whole: Those of them that begin there too: exact from start codon to stop.
    """

    true: int
    found: int
    ends: int
    whole: int

    def rates(self, right: int) -> tuple[float, float]:
        """Recall and precision if so many are right, from 0 to 1; 0 of nothing."""
        return right / max(1, self.true), right / max(1, self.found)

    def to_json(self) -> dict[str, float]:
        """As plain data."""
        names = ("recall", "precision")
        return {
            **vars(self),
            **dict(zip((f"{n}_whole" for n in names), self.rates(self.whole), strict=True)),
            **dict(zip((f"{n}_ends" for n in names), self.rates(self.ends), strict=True)),
        }


@dataclass(frozen=True)
class GeneScores:
    """Answers held against the truth, of bases and of genes.

    Bases of pseudogenes are counted as coding neither way; ``sure`` figures leave them out.

    Attributes:
        bases: Each base by what is likeliest for it.
        bases_sure: The same without pseudogenes.
        by_genes: Each base by the genes that were found.
        by_genes_sure: The same without pseudogenes.
        genes: The genes.
    """

    bases: Scores
    bases_sure: Scores
    by_genes: Scores
    by_genes_sure: Scores
    genes: GeneCounts

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "by_genes": self.by_genes.to_json(),
            "by_genes_without_pseudogenes": self.by_genes_sure.to_json(),
            "base_by_base": self.bases.to_json(),
            "base_by_base_without_pseudogenes": self.bases_sure.to_json(),
            "genes": self.genes.to_json(),
        }


def scores(
    records: Sequence[Annotated],
    likeliest: Sequence[Tensor],
    painted: Sequence[Tensor],
    found: Sequence[Sequence[Frame]],
) -> GeneScores:
    """Counts.

    Args:
        records: The truth.
        likeliest: The likeliest strand of each base, uint8 (L,), for each record.
        painted: The same by the genes that were found.
        found: Those genes.
    """
    true = [_strands(one.kinds) for one in records]
    sure = [one.kinds != UNKNOWN for one in records]
    everywhere = [torch.ones_like(one) for one in sure]
    return GeneScores(
        _bases(true, likeliest, everywhere),
        _bases(true, likeliest, sure),
        _bases(true, painted, everywhere),
        _bases(true, painted, sure),
        counts(records, found),
    )


def counts(records: Sequence[Annotated], found: Sequence[Sequence[Frame]]) -> GeneCounts:
    """Genes, counted."""
    ends = whole = 0
    for record, own in zip(records, found, strict=True):
        for gene in right(record, own):
            ends += gene[0]
            whole += gene[1]
    return GeneCounts(sum(len(r.genes) for r in records), sum(map(len, found)), ends, whole)


def right(record: Annotated, found: Sequence[Frame]) -> list[tuple[bool, bool]]:
    """Whether each gene that was found ends where a true one does, and is the same throughout."""
    true = {(gene.stop, gene.forward): gene for gene in record.genes}
    pairs = [(frame.gene, true.get((frame.gene.stop, frame.forward))) for frame in found]
    return [(other is not None, _same(gene, other)) for gene, other in pairs]


def _same(gene: Gene, other: Gene | None) -> bool:
    return other is not None and gene.parts == other.parts


def _strands(kinds: Tensor) -> Tensor:
    return STRAND_OF[torch.where(kinds == UNKNOWN, 0, kinds).long()]


def _bases(true: Sequence[Tensor], answered: Sequence[Tensor], asked: Sequence[Tensor]) -> Scores:
    size = len(STRANDS)
    confusion = np.zeros((size, size), dtype=np.int64)
    for one, other, some in zip(true, answered, asked, strict=True):
        pairs = (size * one.long() + other.long())[some]
        confusion += torch.bincount(pairs, minlength=size**2).view(size, size).numpy()
    return Scores(STRANDS, confusion, "bases")
