"""``dna`` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import job_results as results
from recurra.cli import keeping
from recurra.cli.reporting import reported

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from recurra.applications.dna import GeneFinder, Genome, SequenceClassifier

Model = Annotated[Path, typer.Argument(help="A model of dna.", metavar="MODEL")]
Data = Annotated[
    Path,
    typer.Argument(
        help="A table of sequences and classes (CSV, TSV), a genome as FASTA with --genes, or as "
        "GenBank; also .gz.",
        metavar="DATA",
    ),
]
Genes = Annotated[
    Path | None,
    typer.Option(help="The genes of a FASTA file, as GFF3 (also .gz).", metavar="FILE"),
]
SequenceColumn = Annotated[
    str | None,
    typer.Option(help="Column of sequences. [default: found by its look]", metavar="NAME"),
]
LabelColumn = Annotated[
    str | None,
    typer.Option(help="Column of classes. [default: found by its look]", metavar="NAME"),
]


@reported
def fit(
    data: Data,
    out: results.Out = Path("recurra-dna.safetensors"),
    genes: Genes = None,
    first: Annotated[
        float,
        typer.Option(help="Learn from this share of a genome's bases, its beginning.", max=1.0),
    ] = 1.0,
    table: Annotated[
        int, typer.Option(help="Genetic code, by the NCBI's number: 11 is that of bacteria.")
    ] = 11,
    sequence_column: SequenceColumn = None,
    label_column: LabelColumn = None,
    cell: Annotated[
        str | None,
        typer.Option(help="One of those that recurra cells lists. [default: lstm, of genes gru]"),
    ] = None,
    units: Annotated[
        int | None, typer.Option(help="Units each way. [default: 32, of genes 96]")
    ] = None,
    networks: Annotated[
        int | None, typer.Option(help="Networks that are averaged. [default: by data]")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Passes over the data, at most. [default: 4 to 60, by data]")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Sequences or chunks a step. [default: by data]")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Size of the steps. [default: 0.003]")
    ] = None,
    seed: results.Seed = 0,
    resume: keeping.Resume = False,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
    as_json: results.AsJson = False,
    quiet: results.Quiet = False,
) -> None:
    """Learn from DATA: the classes of sequences, or where genes are.

    Of a table it learns which class a sequence is of, of a genome which bases are coding, on which
    strand, and where genes begin and end. MODEL holds all that is needed to use it; beside it, by
    its name, lie the report (.html), its picture (.png), the figures (.json) and the losses of the
    first network (.csv).

    A run of more than a minute can be stopped, or killed, and goes on with --resume.
    """
    options: dict[str, Any] = {
        "units": units,
        "networks": networks,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "seed": seed,
        **({} if cell is None else {"cell": cell}),
    }
    kept = keeping.Kept.asked(checkpoint_every, resume=resume, quiet=quiet)
    say = results.Teller(say=not (quiet or as_json), show_progress=not quiet)
    with results.fitting(out, kept) as checkpoint:
        if _is_genome(data, genes):
            finder = _fit_genes(data, genes, first, {**options, "table": table}, say, checkpoint)
            _keep_genes(finder, data.name, out, say, as_json=as_json)
        else:
            columns = (sequence_column, label_column)
            classifier = _fit_classes(data, columns, options, say, checkpoint)
            _keep_classes(classifier, data.name, out, say, as_json=as_json)


@reported
def predict(
    model: Model,
    source: results.Input = None,
    text: results.Text = None,
    sequence_column: SequenceColumn = None,
    proteins: Annotated[
        Path | None,
        typer.Option(help="Write what the genes are translated to, as FASTA.", metavar="FILE"),
    ] = None,
    out: results.ResultFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Say which class each sequence of INPUT is of, or where the genes of a genome are.

    Of a model that learned from a table, INPUT is a table, FASTA, or a sequence a line; the answer
    is CSV. Of one that learned from a genome, INPUT is FASTA; the answer is GFF3.
    """
    from recurra.applications.dna.files import GENES, answers_of

    if answers_of(model) == GENES:
        _predict_genes(model, source, text, proteins, out, as_json=as_json)
        return
    if proteins is not None:
        from recurra.errors import OptionError

        raise OptionError("--proteins", "a model of genes", "this one tells the class of sequences")
    _predict_classes(model, source, text, sequence_column, out, as_json=as_json)


@reported
def evaluate(
    model: Model,
    data: Data,
    genes: Genes = None,
    last: Annotated[
        float,
        typer.Option(help="Judge on this share of a genome's bases, its end.", max=1.0),
    ] = 1.0,
    sequence_column: SequenceColumn = None,
    label_column: LabelColumn = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Of genes, write a page with a picture there.", metavar="FILE.html"),
    ] = None,
    as_json: results.AsJson = False,
) -> None:
    """Say how much of DATA a MODEL gets right: classes, or bases and genes."""
    from recurra.applications.dna.files import GENES, answers_of

    if answers_of(model) == GENES:
        _evaluate_genes(model, _read_genome(data, genes), last, data.name, report, as_json=as_json)
    else:
        _evaluate_classes(model, data, (sequence_column, label_column), as_json=as_json)


def demo(folder: Path, say: results.Teller) -> None:
    """Learns the genes of a small genome that the package makes up."""
    from recurra import atomic
    from recurra.applications.dna import GeneFinder, read_genome
    from recurra.applications.dna.demo import genome, junctions

    for name, count in (("train", 120), ("test", 40)):
        sequence, genes = genome(count, seed=count)
        atomic.write(folder / f"{name}.fna", sequence.encode())
        atomic.write(folder / f"{name}.gff", genes.encode())
    atomic.write(folder / "junctions.csv", junctions(600, seed=0).encode())
    finder = GeneFinder(units=24, layers=1, epochs=16, batch_size=2, learning_rate=1e-2)
    finder.fit(read_genome(folder / "train.fna", folder / "train.gff").records, watch=say.watch())
    out = folder / "model.safetensors"
    _keep_genes(finder, "a genome of a demo", out, say, as_json=False)
    say.next_steps(
        f"recurra evaluate {out} {folder / 'test.fna'} --genes {folder / 'test.gff'}",
        f"recurra predict {out} {folder / 'test.fna'} --proteins {folder / 'proteins.faa'}",
        f"recurra fit dna {folder / 'junctions.csv'} --out {folder / 'junctions.safetensors'}",
    )


def _is_genome(data: Path, genes: Path | None) -> bool:
    from recurra.applications.dna.genes.reading import OTHER, format_of
    from recurra.errors import OptionError

    found = format_of(data)
    if found == OTHER and genes is not None:
        raise OptionError(
            f"--genes {genes} beside {data}, which is no FASTA", "--genes for FASTA alone"
        )
    return found != OTHER


def _read_genome(data: Path, genes: Path | None) -> Genome:
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


def _fit_genes(
    data: Path,
    genes: Path | None,
    first: float,
    options: dict[str, Any],
    say: results.Teller,
    checkpoint: Any,
) -> GeneFinder:
    from recurra.applications.dna import GeneFinder, split

    genome = _read_genome(data, genes)
    say.notes(genome.notes)
    records, _ = split(genome.records, _share("--first", first))
    finder = GeneFinder(**options)
    return finder.fit(records, watch=say.watch(), checkpoint=checkpoint)


def _fit_classes(
    data: Path,
    columns: tuple[str | None, str | None],
    options: dict[str, Any],
    say: results.Teller,
    checkpoint: Any,
) -> SequenceClassifier:
    from recurra.applications.dna import SequenceClassifier, read_labelled

    table = read_labelled(data, sequence=columns[0], label=columns[1])
    say.notes(table.notes)
    classifier = SequenceClassifier(**options)
    return classifier.fit(table.sequences, table.labels, watch=say.watch(), checkpoint=checkpoint)


def _keep_genes(
    finder: GeneFinder, name: str, out: Path, say: results.Teller, *, as_json: bool
) -> None:
    from recurra.applications.dna.genes import report, stored

    found = report.figures(finder)
    say.notes(finder.notes_)
    page = report.page(finder, name=name, command=results.command())
    history = finder.histories_[0].to_csv()
    results.keep(out, stored.pack(finder), page, report.draw(finder), found, history)
    _told(found, out, say, as_json=as_json)


def _keep_classes(
    classifier: SequenceClassifier, name: str, out: Path, say: results.Teller, *, as_json: bool
) -> None:
    from recurra.applications.dna.classes import report, stored

    found = report.figures(classifier)
    say.notes(classifier.notes_)
    page = report.page(classifier, name=name, command=results.command())
    history = classifier.histories_[0].to_csv()
    results.keep(out, stored.pack(classifier), page, report.draw(classifier), found, history)
    _told(found, out, say, as_json=as_json)


def _told(found: Mapping[str, Any], out: Path, say: results.Teller, *, as_json: bool) -> None:
    say.results(found, out)
    if as_json:
        typer.echo(results.as_json(found), nl=False)


def _predict_genes(
    model: Path,
    source: Path | None,
    text: str | None,
    proteins: Path | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    from recurra.applications.dna import GeneFinder, write_gff
    from recurra.applications.dna.genes.written import named, proteins_of, to_json

    sequences, notes = _fasta(source, text)
    results.say_notes(notes, say=_to_error)
    finder = GeneFinder.load(model)
    found = named(finder.predict(sequences))
    if proteins is not None:
        results.write(proteins_of(found, sequences, finder.table), proteins)
    lengths = [(name, len(sequences[name]), genes) for name, genes in found.items()]
    results.write(results.as_json(to_json(found)) if as_json else write_gff(lengths), out)


def _predict_classes(
    model: Path,
    source: Path | None,
    text: str | None,
    column: str | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    from recurra.applications.dna import SequenceClassifier

    names, sequences = results.given(
        source, text, lambda path: _sequences(path, column), lambda whole: _lines(str(whole))
    )
    classifier = SequenceClassifier.load(model)
    results.say_notes(classifier.said_of(sequences), say=_to_error)
    chances = classifier.predict_proba(sequences)
    rows = [
        {
            **({"name": names[n]} if names else {"sequence": sequences[n]}),
            "label": classifier.classes_[int(row.argmax())],
            **{
                f"p({c})": round(float(p), 4) for c, p in zip(classifier.classes_, row, strict=True)
            },
        }
        for n, row in enumerate(chances)
    ]
    results.write(results.as_json(rows) if as_json else _csv(rows), out)


def _evaluate_genes(
    model: Path, genome: Genome, last: float, name: str, report: Path | None, *, as_json: bool
) -> None:
    from recurra.applications.dna import GeneFinder, split
    from recurra.applications.dna.genes.checks import checked

    finder = GeneFinder.load(model)
    _, records = split(genome.records, 1 - _share("--last", last))
    notes = [*genome.notes, *checked(records, finder.table)]
    results.say_notes(notes, say=_to_error)
    scores = finder.evaluate(records)
    if report is not None:
        from recurra import atomic
        from recurra.applications.dna.genes.report import evaluation

        track = finder.track(max(records, key=lambda one: len(one.bases)))
        page = evaluation(finder, scores, track, name=name, command=results.command(), notes=notes)
        atomic.write(report, page.encode())
        _to_error(f"Report: {report}")
    typer.echo(results.as_json(scores.to_json()) if as_json else _shown(scores), nl=False)


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


def _evaluate_classes(
    model: Path, data: Path, columns: tuple[str | None, str | None], *, as_json: bool
) -> None:
    from recurra.applications.dna import SequenceClassifier, read_labelled

    classifier = SequenceClassifier.load(model)
    table = read_labelled(data, sequence=columns[0], label=columns[1])
    notes = [*table.notes, *classifier.said_of(table.sequences, table.labels)]
    results.say_notes(notes, say=_to_error)
    scores = classifier.evaluate(table.sequences, table.labels)
    if as_json:
        typer.echo(results.as_json(scores.to_json()), nl=False)
        return
    name, share = scores.majority
    typer.echo(f"accuracy  {scores.accuracy:.4f}  ({scores.count:,} sequences)")
    for one, recall in zip(scores.classes, scores.recall, strict=True):
        typer.echo(f"error of {one!r}: {1 - recall:.4f}")
    typer.echo(f"always {name!r}: accuracy {share:.4f}")


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


def _sequences(path: Path, column: str | None) -> tuple[list[str], list[str]]:
    """Names, where there are any, and sequences."""
    from recurra.applications.dna import read_fasta, read_sequences
    from recurra.applications.dna.alphabet import to_letters
    from recurra.applications.dna.genes.reading import FASTA, format_of

    if format_of(path) != FASTA:
        return [], read_sequences(path, sequence=column)
    found, notes = read_fasta(path)
    results.say_notes(notes, say=_to_error)
    return list(found), [to_letters(one) for one in found.values()]


def _lines(whole: str) -> tuple[list[str], list[str]]:
    return [], ["".join(line.split()) for line in whole.strip("\r\n").splitlines() or [""]]


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    import polars as pl

    return pl.DataFrame(list(rows)).write_csv()


def _to_error(line: str) -> None:
    typer.echo(line, err=True)
