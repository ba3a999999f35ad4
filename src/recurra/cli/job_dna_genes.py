"""The genes of a genome on the command line: what ``dna`` does with FASTA and GenBank."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from recurra.cli import job_results as results

if TYPE_CHECKING:
    from torch import Tensor

    from recurra.applications.dna import GeneFinder, Genome
    from recurra.training import Checkpoint


def is_genome(data: Path, genes: Path | None) -> bool:
    """Whether genes are to be learned, by the look of the data.

    Raises:
        OptionError: If genes are given beside a table.
    """
    from recurra.applications.dna.genes.reading import OTHER, format_of
    from recurra.errors import OptionError

    found = format_of(data)
    if found == OTHER and genes is not None:
        raise OptionError(
            f"--genes {genes} beside {data}, which is no FASTA", "--genes for FASTA alone"
        )
    return found != OTHER


def genome_of(data: Path, genes: Path | None) -> Genome:
    """Sequences and their genes, of FASTA with GFF3 or of GenBank.

    Raises:
        DataError: If they are neither.
    """
    from recurra.applications.dna.genes.reading import (
        FASTA,
        GENBANK,
        format_of,
        read_genbank,
        read_genome,
    )
    from recurra.errors import DataError

    found = format_of(data)
    if found == GENBANK and genes is None:
        return read_genbank(data)
    if found != FASTA or genes is None:
        raise DataError(
            f"{data} is {'not FASTA' if found != FASTA else 'FASTA, which tells of no genes'}.",
            "FASTA and its genes as GFF3, or GenBank without --genes",
            f"{data} --genes genes.gff",
        )
    return read_genome(data, genes)


def fit(
    data: Path,
    genes: Path | None,
    first: float,
    options: dict[str, Any],
    say: results.Teller,
    checkpoint: Checkpoint,
) -> GeneFinder:
    """Learns from the first share of a genome."""
    from recurra.applications.dna import GeneFinder, split

    genome = genome_of(data, genes)
    say.notes(genome.notes)
    records, _ = split(genome.records, _share("--first", first))
    finder = GeneFinder(**options)
    return finder.fit(records, watch=say.watch(), checkpoint=checkpoint)


def keep(finder: GeneFinder, name: str, out: Path, say: results.Teller, *, as_json: bool) -> None:
    """Writes the model and all that is told of it."""
    from recurra.applications.dna.genes import report, stored

    say.notes(finder.notes_)

    def told() -> results.Report:
        return results.Report(
            report.figures(finder),
            report.page(finder, name=name, command=results.command()),
            report.draw(finder),
            finder.histories_[0].to_csv(),
        )

    results.keep(out, stored.pack(finder), told, say, as_json=as_json)


def predict(
    model: Path,
    source: Path | None,
    text: str | None,
    proteins: Path | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Writes the genes of sequences, and what they are translated to."""
    from recurra.applications.dna import GeneFinder, write_gff
    from recurra.applications.dna.genes.written import named, proteins_of, to_json

    sequences, notes = _fasta(source, text)
    results.notes_aside(notes)
    finder = GeneFinder.load(model)
    found = named(finder.predict(sequences))
    if proteins is not None:
        results.write(proteins_of(found, sequences, finder.table), proteins)
    lengths = [(name, len(sequences[name]), genes) for name, genes in found.items()]
    results.write(results.to_json(to_json(found)) if as_json else write_gff(lengths), out)


def evaluate(
    model: Path, genome: Genome, last: float, name: str, report: Path | None, *, as_json: bool
) -> None:
    """Says how many bases and genes of the last share of a genome are right."""
    from recurra.applications.dna import GeneFinder, split
    from recurra.applications.dna.genes.checks import checked

    finder = GeneFinder.load(model)
    _, records = split(genome.records, 1 - _share("--last", last))
    notes = [*genome.notes, *checked(records, finder.table)]
    results.notes_aside(notes)
    scores = finder.evaluate(records)
    if report is not None:
        from recurra import atomic
        from recurra.applications.dna.genes.report import evaluation

        track = finder.track(max(records, key=lambda one: len(one.bases)))
        page = evaluation(finder, scores, track, name=name, command=results.command(), notes=notes)
        atomic.write(report, page.encode())
        results.aside(f"Report: {report}")
    typer.echo(results.to_json(scores.to_json()) if as_json else _shown(scores), nl=False)


def _shown(scores: Any) -> str:
    rows = [f"{'':22} accuracy  without pseudogenes   ({scores.by_genes.count:,} bases)"]
    for name, one, sure in (
        ("by the genes found", scores.by_genes, scores.by_genes_sure),
        ("base by base", scores.bases, scores.bases_sure),
    ):
        rows.append(f"{name:22} {one.accuracy:8.4f}  {sure.accuracy:8.4f}")
    genes = scores.genes
    rows.append(f"{'':22}   recall  precision  ({genes.true:,} genes, {genes.found:,} found)")
    for name, right in (("stop right", genes.ends), ("start and stop right", genes.whole)):
        recall, precision = genes.rates(right)
        rows.append(f"{name:22} {recall:8.4f}   {precision:8.4f}")
    return "\n".join(rows) + "\n"


def _share(name: str, value: float) -> float:
    from recurra.errors import OptionError

    if not 0 < value <= 1:
        raise OptionError(f"{name} {value}", "a share above 0, up to 1", f"{name} 0.8")
    return value


def _fasta(source: Path | None, text: str | None) -> tuple[dict[str, Tensor], Sequence[str]]:
    from recurra.applications.dna import read_fasta
    from recurra.applications.dna.genes.reading import of_fasta

    found: tuple[dict[str, Tensor], Sequence[str]] = results.given(
        source,
        text,
        read_fasta,
        lambda whole: of_fasta(whole if whole.startswith(">") else f">text\n{whole}", "the input"),
    )
    return found
