"""Genes that were found, with names, as data and as proteins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from recurra.applications.dna.genes.code import protein
from recurra.applications.dna.genes.frames import Frame

WIDTH = 60
"""Letters a line of FASTA."""

Named = Mapping[str, Sequence[tuple[str, Frame]]]


def named(found: Mapping[str, Sequence[Frame]]) -> dict[str, list[tuple[str, Frame]]]:
    """Numbers genes through all sequences: gene_1, gene_2, and on."""
    names = (f"gene_{number}" for number in range(1, 1 + sum(map(len, found.values()))))
    return {sequence: [(next(names), frame) for frame in some] for sequence, some in found.items()}


def proteins_of(found: Named, sequences: Mapping[str, Tensor], table: int) -> str:
    """The proteins of genes, as FASTA; behind each name is where the gene is, counted from 1.

    Args:
        found: The genes of each sequence.
        sequences: The numbers of its letters.
        table: The number of the genetic code.
    """
    records = []
    for sequence, genes in found.items():
        for name, frame in genes:
            letters = protein(sequences[sequence], frame.gene, table)
            strand = "+" if frame.forward else "-"
            lines = [letters[n : n + WIDTH] for n in range(0, len(letters), WIDTH)]
            head = f">{name} {sequence}:{frame.start + 1}-{frame.end}({strand})"
            records.append("\n".join([head, *lines]) + "\n")
    return "".join(records)


def to_json(found: Named) -> list[dict[str, Any]]:
    """The same as plain data; first and last base are counted from 1."""
    return [
        {
            "name": name,
            "sequence": sequence,
            "first": frame.start + 1,
            "last": frame.end,
            "strand": "+" if frame.forward else "-",
            "score": frame.score,
        }
        for sequence, genes in found.items()
        for name, frame in genes
    ]
