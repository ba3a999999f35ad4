"""Sequences from FASTA, and their genes from GFF3 beside it, or both from GenBank."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from recurra import text_files
from recurra.applications.dna.alphabet import to_numbers
from recurra.applications.dna.genes.annotated import Annotated, Gene
from recurra.applications.dna.genes.code import library
from recurra.applications.dna.genes.gff import Features, read_gff
from recurra.errors import DataError

FASTA, GENBANK, OTHER = "FASTA", "GenBank", "other"


@dataclass(frozen=True)
class Genome:
    """Sequences whose genes are known.

    Attributes:
        records: The sequences.
        notes: What was found, repaired or left out.
    """

    records: list[Annotated]
    notes: tuple[str, ...]


def format_of(path: Path) -> str:
    """Whether a file is FASTA, GenBank or something else, by how it begins.

    Raises:
        DataError: If it is absent, empty or no text.
    """
    text_files.check_there(path, "sequences")
    text = text_files.decoded(text_files.content(path), path, "sequences").lstrip()
    return FASTA if text.startswith(">") else GENBANK if text.startswith("LOCUS ") else OTHER


def read_fasta(path: str | Path) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """The numbers of each sequence's letters, by its name, and what was left out.

    Args:
        path: A FASTA file, also with .gz.

    Raises:
        DataError: If it cannot be read, a letter is of no base, two sequences have one name, or
            none has a base.
    """
    path = Path(path)
    if format_of(path) != FASTA:
        raise DataError(f"{path} is no FASTA.", "a line that begins with >, then letters of bases")
    return of_fasta(text_files.decoded(text_files.content(path), path, "sequences"), str(path))


def of_fasta(text: str, source: str) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """The same from a text.

    Args:
        text: In FASTA.
        source: Where it is from, for the words of an error.

    Raises:
        DataError: As for :func:`read_fasta`.
    """
    found: dict[str, Tensor] = {}
    empty = 0
    for record in library("SeqIO").parse(io.StringIO(text.lstrip()), "fasta"):
        name = str(record.id)
        if name in found:
            raise DataError(f"Two sequences of {source} are called {name!r}.", "a name for each")
        numbers = to_numbers("".join(str(record.seq).split()), f"{name} of {source}")
        empty += not len(numbers)
        if len(numbers):
            found[name] = numbers
    if not found:
        raise DataError(f"{source} has no sequence with a base.", "a line with >, then bases")
    return found, ((f"{empty:,} sequences without a base are left out",) if empty else ())


def read_genome(sequences: str | Path, genes: str | Path) -> Genome:
    """Reads FASTA and, beside it, GFF3.

    Args:
        sequences: A FASTA file, also with .gz.
        genes: A GFF3 file, also with .gz, of the same sequences.

    Raises:
        DataError: If they cannot be read or do not belong together.
    """
    sequences, genes = Path(sequences), Path(genes)
    bases, notes = read_fasta(sequences)
    features = read_gff(genes)
    _check_names(bases, features, sequences, genes)
    records, across = [], 0
    for name, numbers in bases.items():
        _check_length(name, len(numbers), features, sequences, genes)
        own = features.genes.get(name, [])
        inside = [gene for gene in own if gene.end <= len(numbers)]
        across += len(own) - len(inside)
        records.append(Annotated.of(name, numbers, inside))
    missing = [name for name in bases if name not in features.genes]
    counted = (
        (features.unstranded, "coding rows on no strand are left out"),
        (across, "genes go over the ends of a circular sequence, and are left out"),
        (
            len(missing),
            f"sequences have no gene in {genes.name}: all their bases count as coding neither way",
        ),
    )
    return Genome(records, (*notes, *(f"{count:,} {what}" for count, what in counted if count)))


def read_genbank(path: str | Path) -> Genome:
    """Reads sequences and genes from a GenBank file, also with .gz.

    Raises:
        DataError: If it cannot be read, or has no coding sequence.
    """
    path = Path(path)
    text = text_files.decoded(text_files.content(path), path, "a GenBank file")
    try:
        parsed = list(library("SeqIO").parse(io.StringIO(text), "genbank"))
        letters = [str(one.seq) for one in parsed]
    except (ValueError, AttributeError) as error:
        raise DataError(
            f"{path} cannot be read as GenBank ({error}).",
            "a GenBank file with its sequence under ORIGIN",
            "download it as GenBank (full)",
        ) from error
    records = [
        Annotated.of(one.id, to_numbers(text, f"{one.id} of {path}"), _genes(one.features))
        for one, text in zip(parsed, letters, strict=True)
    ]
    if not any(record.genes for record in records):
        raise DataError(f"{path} has no CDS.", "a GenBank file with features CDS")
    return Genome(records, ())


def _genes(features: Iterable[Any]) -> list[Gene]:
    found = []
    for feature in features:
        pseudo = "pseudo" in feature.qualifiers or "pseudogene" in feature.qualifiers
        strand = feature.location.strand
        if strand and (feature.type == "CDS" or (feature.type == "gene" and pseudo)):
            parts = sorted((int(one.start), int(one.end)) for one in feature.location.parts)
            said = feature.qualifiers.get("locus_tag") or feature.qualifiers.get("gene") or [""]
            phase = int(feature.qualifiers.get("codon_start", ["1"])[0]) - 1
            found.append(Gene(tuple(parts), strand == 1, said[0], pseudo, phase))
    return found


def _check_names(
    bases: Mapping[str, Tensor], features: Features, sequences: Path, genes: Path
) -> None:
    strange = [name for name in features.genes if name not in bases]
    if strange:
        raise DataError(
            f"{genes} tells of genes on {_listed(strange)}, of which {sequences} has no sequence: "
            f"it has {_listed(list(bases))}.",
            "a FASTA and a GFF of the same sequences, called the same",
            "take both from one release of one source",
        )


def _check_length(name: str, length: int, features: Features, sequences: Path, genes: Path) -> None:
    stated = features.lengths.get(name, length)
    ends = max((gene.end for gene in features.genes.get(name, [])), default=0)
    if stated == length and (ends <= length or name in features.circular):
        return
    raise DataError(
        f"{name} has {length:,} bases in {sequences}, but {genes} "
        + (f"says {stated:,}." if stated != length else f"has a gene that ends at base {ends:,}."),
        "a FASTA and a GFF of the same sequence",
        "take both from one release of one source",
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:3]))
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3:,} more"
