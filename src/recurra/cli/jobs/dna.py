"""``dna`` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import job_dna_classes as of_classes
from recurra.cli import job_dna_genes as of_genes
from recurra.cli import job_results as results
from recurra.cli import keeping
from recurra.cli.reporting import reported
from recurra.errors import OptionError

if TYPE_CHECKING:
    from recurra.cli.explaining import Asked
    from recurra.explain import Explanation

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
        if of_genes.is_genome(data, genes):
            finder = of_genes.fit(data, genes, first, {**options, "table": table}, say, checkpoint)
            of_genes.keep(finder, data.name, out, say, as_json=as_json)
        else:
            columns = (sequence_column, label_column)
            classifier = of_classes.fit(data, columns, options, say, checkpoint)
            of_classes.keep(classifier, data.name, out, say, as_json=as_json)


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
        of_genes.predict(model, source, text, proteins, out, as_json=as_json)
        return
    if proteins is not None:
        from recurra.errors import OptionError

        raise OptionError("--proteins", "a model of genes", "this one tells the class of sequences")
    of_classes.predict(model, source, text, sequence_column, out, as_json=as_json)


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
        of_genes.evaluate(
            model, of_genes.genome_of(data, genes), last, data.name, report, as_json=as_json
        )
    else:
        of_classes.evaluate(model, data, (sequence_column, label_column), as_json=as_json)


def explain(asked: Asked) -> Explanation:
    """What a network does with one sequence."""
    from recurra.applications.dna.files import GENES, answers_of

    if answers_of(asked.model) == GENES:
        raise OptionError(
            f"{asked.model}, a model of genes, which answers at every base of a genome",
            "a model of the classes of sequences",
            "recurra fit dna TABLE",
        )
    return of_classes.explain(asked)


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
    of_genes.keep(finder, "a genome of a demo", out, say, as_json=False)
    say.next_steps(
        f"recurra evaluate {out} {folder / 'test.fna'} --genes {folder / 'test.gff'}",
        f"recurra predict {out} {folder / 'test.fna'} --proteins {folder / 'proteins.faa'}",
        f"recurra fit dna {folder / 'junctions.csv'} --out {folder / 'junctions.safetensors'}",
    )
