"""The genetic code: which codons end a gene, which begin one, and what a gene is translated to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from recurra import libraries
from recurra.applications.dna.alphabet import SINGLE, reverse_complement, to_letters
from recurra.applications.dna.genes.annotated import Annotated, Gene
from recurra.errors import OptionError

RARE = 0.005
"""The share of genes below which a codon that begins them is taken for a slip."""


def library(name: str) -> Any:
    """A module of biopython.

    Raises:
        OptionError: If it is not installed.
    """
    return libraries.library(f"Bio.{name}", package="biopython", use="genes", extra="dna")


@cache
def stops(table: int) -> tuple[str, ...]:
    """The codons that end a gene.

    Args:
        table: The number of the genetic code, as the NCBI counts them: 11 is that of bacteria.

    Raises:
        OptionError: If there is no such code, or biopython is not installed.
    """
    tables = library("Data.CodonTable").unambiguous_dna_by_id
    if table not in tables:
        raise OptionError(
            f"genetic code {table!r}", f"one of {', '.join(map(str, sorted(tables)))}"
        )
    return tuple(sorted(tables[table].stop_codons))


def first_codon(record: Annotated, gene: Gene) -> str:
    """What a gene begins with."""
    return _coding(record.bases, gene)[:3]


def is_whole(record: Annotated, gene: Gene, table: int) -> bool:
    """Whether a gene is of whole codons, and ends in one that ends genes."""
    text = _coding(record.bases, gene)
    return len(text) % 3 == 0 and text[-3:] in stops(table)


def starts_of(records: Sequence[Annotated]) -> dict[str, float]:
    """The codons that genes begin with, and the share of each; rare ones are left out."""
    counts = Counter(first_codon(record, gene) for record in records for gene in record.genes)
    whole = {codon: n for codon, n in counts.items() if set(codon) <= set("ACGT")}
    total = sum(whole.values())
    kept = {codon: n for codon, n in sorted(whole.items()) if n >= RARE * total}
    return {codon: n / sum(kept.values()) for codon, n in kept.items()}


def protein(bases: Tensor, gene: Gene, table: int) -> str:
    """A gene's amino acids, without the stop; whatever begins it stands for methionine."""
    text = _coding(bases, gene)
    found = str(library("Seq").translate(text[: len(text) // 3 * 3], table=table))
    return "M" + found[1:].removesuffix("*")


def codons(bases: Tensor) -> NDArray[np.int16]:
    """The number of the codon that begins at each base, (L,); -1 where none can be told."""
    digits = SINGLE[bases.long()].numpy().astype(np.int16)
    padded = np.concatenate([digits, np.full(2, 4, np.int16)])
    a, b, c = padded[:-2], padded[1:-1], padded[2:]
    unclear = (a > 3) | (b > 3) | (c > 3)
    return np.where(unclear, np.int16(-1), 16 * a + 4 * b + c)


def number(codon: str) -> int:
    """The number of a codon, 0 to 63."""
    return sum("ACGT".index(letter) * 4 ** (2 - n) for n, letter in enumerate(codon))


def _coding(bases: Tensor, gene: Gene) -> str:
    own = [bases[a:b] for a, b in gene.parts]
    if not gene.forward:
        own = [reverse_complement(one) for one in reversed(own)]
    return "".join(to_letters(one) for one in own)[gene.phase :]
