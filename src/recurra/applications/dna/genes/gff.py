"""Genes from a GFF3 file, and into one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from recurra import text_files
from recurra.applications.dna.genes.annotated import Gene
from recurra.applications.dna.genes.frames import Frame
from recurra.errors import DataError

COLUMNS = 9
_RESERVED = " :,()[]/+-._"
"""What need not be written as a number in a name."""


class Row(NamedTuple):
    """A line of the file that tells of a feature.

    Attributes:
        line: Its number, from 1.
        sequence: On which sequence it is.
        kind: What it is, as ``"CDS"``.
        start: Its first base, counted from 0.
        end: The base behind its last.
        strand: ``"+"`` or ``"-"``, or something else where there is none.
        phase: The bases before its first whole codon, as text.
        attributes: What else is said.
    """

    line: int
    sequence: str
    kind: str
    start: int
    end: int
    strand: str
    phase: str
    attributes: Mapping[str, str]

    @property
    def pseudo(self) -> bool:
        """Whether it is said to be a pseudogene, or of one."""
        return (
            self.kind == "pseudogene"
            or self.attributes.get("pseudo") == "true"
            or "pseudogene" in self.attributes
        )


@dataclass
class Features:
    """What a file says of sequences.

    Attributes:
        genes: The genes and pseudogenes of each sequence.
        lengths: The bases of sequences, where they are stated.
        circular: Sequences whose end is joined to their beginning.
        unstranded: Coding rows left out because they are on no strand.
    """

    genes: dict[str, list[Gene]] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    circular: set[str] = field(default_factory=set)
    unstranded: int = 0


def read_gff(path: Path) -> Features:
    """Reads which stretches are coding: rows ``CDS``, and those of one ID are parts of one gene.

    Args:
        path: A GFF3 file, also with .gz.

    Raises:
        DataError: If it cannot be read, is no GFF3, or has no coding row.
    """
    text_files.check_there(path, "genes, as GFF3")
    text = text_files.decoded(text_files.content(path), path, "a GFF3 file")
    found = Features()
    together: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in _rows(text, path, found):
        if row.kind == "region" and row.attributes.get("Is_circular") == "true":
            found.circular.add(row.sequence)
            found.lengths.setdefault(row.sequence, row.end)
        elif row.kind in {"CDS", "pseudogene"}:
            if row.strand in {"+", "-"}:
                name = row.attributes.get("ID") or f"line {row.line}"
                together[row.sequence, f"{row.kind} {name}"].append(row)
            elif row.kind == "CDS":
                found.unstranded += 1
    for (sequence, _), rows in together.items():
        found.genes.setdefault(sequence, []).append(_gene(rows, path))
    if not any(not gene.pseudo for genes in found.genes.values() for gene in genes):
        raise DataError(
            f"{path} has no row CDS on a strand.",
            "GFF3 with coding sequences: CDS in the third column, + or - in the seventh",
        )
    return found


def write_gff(
    found: Iterable[tuple[str, int, Sequence[tuple[str, Frame]]]], source: str = "Recurra"
) -> str:
    """Genes that were found, as GFF3.

    Args:
        found: Of each sequence its name, its bases, and its genes with their names.
        source: Who says so.
    """
    lines = ["##gff-version 3"]
    rows: list[str] = []
    for name, length, genes in found:
        called = quote(name, safe=_RESERVED.replace(" ", ""))
        lines.append(f"##sequence-region {called} 1 {length}")
        rows += [
            f"{called}\t{source}\tCDS\t{frame.start + 1}\t{frame.end}\t{frame.score:.2f}\t"
            f"{'+' if frame.forward else '-'}\t0\tID={gene}"
            for gene, frame in genes
        ]
    return "\n".join([*lines, *rows]) + "\n"


def _rows(text: str, path: Path, found: Features) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("##FASTA"):
            return
        if line.startswith("##sequence-region"):
            _region(line, found)
        elif line.strip() and not line.startswith("#"):
            yield _row(line, number, path)


def _region(line: str, found: Features) -> None:
    cells = line.split()
    if len(cells) == 4 and cells[2:4] and cells[2] == "1" and cells[3].isdigit():
        found.lengths[unquote(cells[1])] = int(cells[3])


def _row(line: str, number: int, path: Path) -> Row:
    cells = line.split("\t")
    if len(cells) != COLUMNS or not (cells[3].isdigit() and cells[4].isdigit()):
        raise _strange(line, number, path)
    start, end = int(cells[3]), int(cells[4])
    if not 1 <= start <= end:
        raise DataError(
            f"Line {number:,} of {path} goes from base {start:,} to {end:,}.",
            "a first base of at least 1, and a last that is not before it",
        )
    if cells[8].strip(" .") and "=" not in cells[8]:
        raise _strange(line, number, path)
    pairs = (one.strip().partition("=") for one in cells[8].split(";"))
    attributes = {unquote(key): unquote(value) for key, _, value in pairs if key}
    sequence, kind = unquote(cells[0]), cells[2]
    return Row(number, sequence, kind, start - 1, end, cells[6], cells[7], attributes)


def _strange(line: str, number: int, path: Path) -> DataError:
    shown = line if len(line) <= 60 else line[:57] + "..."
    return DataError(
        f"Line {number:,} of {path} is no row of GFF3: {shown!r}",
        "nine cells with tabs between them: sequence, source, type, first base, last base, score, "
        "strand, phase, and attributes as ID=cds-1;Parent=gene-1",
        "write it as GFF3; GTF and BED are other formats",
    )


def _gene(rows: Sequence[Row], path: Path) -> Gene:
    strands = {row.strand for row in rows}
    if len(strands) > 1:
        raise DataError(
            f"Parts of one gene are on both strands in {path}, lines {rows[0].line:,} and on.",
            "rows CDS of one ID on one strand",
        )
    ordered = sorted(rows, key=lambda row: row.start)
    forward = rows[0].strand == "+"
    first = ordered[0] if forward else ordered[-1]
    said = rows[0].attributes
    name = said.get("locus_tag") or said.get("Name") or said.get("ID") or ""
    return Gene(
        tuple((row.start, row.end) for row in ordered),
        forward,
        name,
        any(row.pseudo for row in rows),
        int(first.phase) if first.phase in {"1", "2"} else 0,
    )
