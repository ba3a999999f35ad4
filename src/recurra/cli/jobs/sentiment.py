"""``sentiment`` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import job_results as results
from recurra.cli import keeping
from recurra.cli.reporting import reported

if TYPE_CHECKING:
    from recurra.applications.sentiment import SentimentClassifier
    from recurra.cli.explaining import Asked
    from recurra.explain import Explanation

TextColumn = Annotated[
    str | None, typer.Option(help="Column of texts. [default: found]", metavar="NAME")
]
LabelColumn = Annotated[
    str | None, typer.Option(help="Column of classes. [default: found]", metavar="NAME")
]
Model = Annotated[Path, typer.Argument(help="A model of sentiment.", metavar="MODEL")]
Data = Annotated[
    Path,
    typer.Argument(
        help="A CSV or TSV file (also .gz): a text and its class a row.", metavar="DATA"
    ),
]


@reported
def fit(
    data: Data,
    out: results.Out = Path("recurra-sentiment.safetensors"),
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    validation: Annotated[
        Path | None,
        typer.Option(
            help="A table like DATA that chooses the best weights. [default: a tenth of DATA, "
            "another for each network]",
            metavar="FILE",
        ),
    ] = None,
    cell: Annotated[str, typer.Option(help="One of those that recurra cells lists.")] = "lstm",
    units: Annotated[int | None, typer.Option(help="Units each way. [default: 100]")] = None,
    embedding: Annotated[
        int | None, typer.Option(help="Numbers in a token's vector. [default: 100]")
    ] = None,
    networks: Annotated[
        int | None, typer.Option(help="Networks that are averaged. [default: 5, 3 or 1, by data]")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Passes over the texts, at most. [default: 4 to 30, by data]")
    ] = None,
    batch_size: Annotated[int | None, typer.Option(help="Texts a step. [default: by data]")] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Size of the steps. [default: 0.002]")
    ] = None,
    longest: Annotated[
        int | None, typer.Option(help="Tokens read of a text, at most. [default: 256]")
    ] = None,
    seed: results.Seed = 0,
    resume: keeping.Resume = False,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
    as_json: results.AsJson = False,
    quiet: results.Quiet = False,
) -> None:
    """Learn from DATA which class a text is of.

    Columns that are not named are found, and what was found is printed. MODEL holds all that is
    needed to use it; beside it, by its name, lie the report (.html), its picture (.png), the
    figures (.json) and the losses of the first network (.csv).

    A run of more than a minute can be stopped, or killed, and goes on with --resume.
    """
    from recurra.applications.sentiment import SentimentClassifier
    from recurra.applications.tables import read_labelled

    columns = {"text": text_column, "label": label_column}
    options: dict[str, Any] = {
        "cell": cell,
        "units": units,
        "embedding": embedding,
        "networks": networks,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "longest": longest,
        "seed": seed,
    }
    kept = keeping.Kept.asked(checkpoint_every, resume=resume, quiet=quiet)
    with results.fitting(out, kept) as checkpoint:
        table = read_labelled(data, **columns)
        beside = None if validation is None else read_labelled(validation, **columns)
        classifier = SentimentClassifier(**options)
        say = results.Teller(say=not (quiet or as_json), show_progress=not quiet)
        say.notes(table.notes)
        classifier.fit(
            table.texts,
            table.labels,
            validation=None if beside is None else (beside.texts, beside.labels),
            watch=say.watch(),
            checkpoint=checkpoint,
        )
        _keep(classifier, table, data.name, out, say, as_json=as_json)


@reported
def predict(
    model: Model,
    source: results.Input = None,
    text: results.Text = None,
    text_column: TextColumn = None,
    out: results.ResultFile = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Write JSON, which tells too which words carried each answer."),
    ] = False,
) -> None:
    """Say the class of each text of INPUT.

    INPUT is a table (.csv, .tsv) or a text a line. The answer is CSV: the text, its class, and the
    probability of each class.
    """
    from recurra.applications.sentiment import SentimentClassifier
    from recurra.applications.tables import read_texts

    texts, notes = results.given(
        source,
        text,
        lambda path: read_texts(path, text=text_column),
        lambda whole: (whole.strip("\r\n").splitlines() or [""], ()),
    )
    classifier = SentimentClassifier.load(model)
    results.notes_aside([*notes, *classifier.said_of(texts)])
    if as_json:
        content = results.to_json([one.to_json() for one in classifier.carried(texts)])
    else:
        content = _table(classifier, texts)
    results.write(content, out)


@reported
def evaluate(
    model: Model,
    data: Data,
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    as_json: results.AsJson = False,
) -> None:
    """Say how many classes of DATA a MODEL gets right: accuracy and macro F1."""
    from recurra.applications.sentiment import SentimentClassifier
    from recurra.applications.tables import read_labelled

    classifier = SentimentClassifier.load(model)
    table = read_labelled(data, text=text_column, label=label_column)
    notes = [*table.notes, *classifier.said_of(table.texts, table.labels)]
    results.notes_aside(notes)
    scores = classifier.evaluate(table.texts, table.labels)
    if as_json:
        typer.echo(results.to_json(scores.to_json()), nl=False)
        return
    name, share = scores.majority
    typer.echo(f"accuracy  {scores.accuracy:.4f}  ({scores.count:,} texts)")
    typer.echo(f"macro F1  {scores.macro_f1:.4f}")
    typer.echo(f"always {name!r}: accuracy {share:.4f}")


def explain(asked: Asked) -> Explanation:
    """What a network does with one text."""
    from recurra.applications.sentiment import SentimentClassifier
    from recurra.applications.tables import read_texts

    asked.no_step()
    texts = asked.sequences(lambda path: read_texts(path)[0])
    text = texts[asked.one_of(len(texts), "text")]
    return SentimentClassifier.load(asked.model).explain(text, network=asked.network)


def demo(folder: Path, say: results.Teller) -> None:
    """Learns from sentences on a café that the package makes up."""
    from recurra import atomic
    from recurra.applications.sentiment import SentimentClassifier
    from recurra.applications.sentiment.demo import sentences
    from recurra.applications.tables import read_labelled

    atomic.write(folder / "train.csv", sentences(600, seed=0).encode())
    atomic.write(folder / "test.csv", sentences(200, seed=1).encode())
    table = read_labelled(folder / "train.csv")
    say.notes(table.notes)
    classifier = SentimentClassifier(
        networks=1, units=32, embedding=32, epochs=12, learning_rate=1e-2
    )
    classifier.fit(table.texts, table.labels, watch=say.watch())
    out = folder / "model.safetensors"
    _keep(classifier, table, "sentences of a demo", out, say, as_json=False)
    say.next_steps(
        f"recurra evaluate {out} {folder / 'test.csv'}",
        f'recurra predict {out} --text "the coffee was cold , but the waiter was kind" --json',
    )


def _keep(
    classifier: SentimentClassifier,
    table: Any,
    name: str,
    out: Path,
    say: results.Teller,
    *,
    as_json: bool,
) -> None:
    from recurra.applications.sentiment import report, stored

    say.notes(classifier.notes_)

    def told() -> results.Report:
        return results.Report(
            report.figures(classifier),
            report.page(
                classifier, table.texts, table.labels, name=name, command=results.command()
            ),
            report.draw(classifier),
            classifier.histories_[0].to_csv(),
        )

    results.keep(out, stored.pack(classifier), told, say, as_json=as_json)


def _table(classifier: SentimentClassifier, texts: list[str]) -> str:
    import polars as pl

    chances = classifier.predict_proba(texts)
    labels = [classifier.classes_[place] for place in chances.argmax(1)]
    columns = [pl.Series("text", texts, pl.String), pl.Series("label", labels, pl.String)]
    columns += [pl.Series(f"p({c})", chances[:, n]) for n, c in enumerate(classifier.classes_)]
    return pl.DataFrame(columns).write_csv(float_precision=4)
