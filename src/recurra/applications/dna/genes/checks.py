"""Whether genes fit the sequences that they are said to be on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from recurra.applications.dna.genes.annotated import STRAND_OF, UNKNOWN, Annotated, Gene
from recurra.applications.dna.genes.code import is_whole
from recurra.errors import DataError

MOST = 0.5
"""The share of genes that must end in a stop codon."""


def checked(records: Sequence[Annotated], table: int) -> list[str]:
    """What is to be known of sequences and their genes, a sentence each.

    Args:
        records: The sequences.
        table: The number of the genetic code.

    Raises:
        DataError: If there is no gene, or most end in no stop codon.
    """
    genes = [(record, gene) for record in records for gene in record.genes]
    bases = sum(len(record.bases) for record in records)
    if not genes:
        raise DataError(
            f"{len(records):,} sequences of {bases:,} bases, without a gene",
            "sequences and their genes",
            "name a GFF of the same sequences",
        )
    whole = sum(is_whole(record, gene, table) for record, gene in genes)
    if whole < MOST * len(genes):
        raise DataError(
            f"{whole:,} of {len(genes):,} genes end in a stop codon of the genetic code {table}",
            "genes of these very sequences",
            "take both files from one release of one source; name another code if it has one",
        )
    return [*_described(records, len(genes), bases), *_strange(genes, whole)]


def _described(records: Sequence[Annotated], genes: int, bases: int) -> list[str]:
    shares = Counter[int]()
    pseudo = 0
    for record in records:
        unknown = record.kinds == UNKNOWN
        pseudo += int(unknown.sum())
        strands = STRAND_OF[record.kinds[~unknown].long()]
        shares.update({n: int((strands == n).sum()) for n in range(3)})
    forward, backward, neither = (shares[n] / bases for n in (1, 2, 0))
    sequences = "1 sequence" if len(records) == 1 else f"{len(records):,} sequences"
    return [
        f"{sequences} of {bases:,} bases with {genes:,} genes: {forward:.1%} of the bases are "
        f"coding forward, {backward:.1%} backward, {neither:.1%} neither way",
        *(
            [f"{pseudo:,} bases of pseudogenes ({pseudo / bases:.1%}): nothing is learned of them"]
            if pseudo
            else []
        ),
    ]


def _strange(genes: Sequence[tuple[Annotated, Gene]], whole: int) -> list[str]:
    parts = sum(len(gene.parts) > 1 for _, gene in genes)
    odd = len(genes) - whole
    return [
        *(
            [f"{odd:,} genes are not of whole codons up to a stop: learned from as they are"]
            if odd
            else []
        ),
        *(
            [f"{parts:,} genes are in several parts: what is found is in one, so those cannot be"]
            if parts
            else []
        ),
    ]
