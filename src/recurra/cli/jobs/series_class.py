"""``series-class`` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import job_results as results
from recurra.cli import job_series as tables
from recurra.cli import keeping
from recurra.cli.reporting import reported

if TYPE_CHECKING:
    from recurra.applications.series_class import SeriesClassifier
    from recurra.cli.explaining import Asked
    from recurra.explain import Explanation

Model = Annotated[Path, typer.Argument(help="A model of series-class.", metavar="MODEL")]


@reported
def fit(
    data: tables.Data,
    out: results.Out = Path("recurra-series-class.safetensors"),
    series_column: tables.SeriesColumn = None,
    time_column: tables.TimeColumn = None,
    label_column: tables.LabelColumn = None,
    group_column: tables.GroupColumn = None,
    wide: tables.Wide = None,
    cell: tables.CellName = "gru",
    units: tables.Units = None,
    layers: tables.Layers = None,
    networks: tables.Networks = None,
    epochs: tables.Epochs = None,
    batch_size: tables.BatchSize = None,
    learning_rate: tables.LearningRate = None,
    longest: Annotated[
        int | None,
        typer.Option(help="Steps read of a series; longer ones are drawn together. [default: 512]"),
    ] = None,
    seed: results.Seed = 0,
    resume: keeping.Resume = False,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
    as_json: results.AsJson = False,
    quiet: results.Quiet = False,
) -> None:
    """Learn from DATA which class a series of numbers is of.

    DATA is a .ts file of the UEA archive, a table (a row a step, columns found by their names, or
    with --wide a row a series), arrays in .npz, or a folder of these. MODEL holds all that is
    needed to use it; beside it, by its name, lie the report (.html), its picture (.png), the
    figures (.json) and the losses of the first network (.csv).

    A run of more than a minute can be stopped, or killed, and goes on with --resume.
    """
    from recurra.applications.series import read_series
    from recurra.applications.series_class import SeriesClassifier

    names = tables.names(series_column, time_column, label_column, group_column, wide)
    options: dict[str, Any] = {
        "cell": cell,
        "units": units,
        "layers": layers,
        "networks": networks,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "longest": longest,
        "seed": seed,
    }
    kept = keeping.Kept.asked(checkpoint_every, resume=resume, quiet=quiet)
    with results.fitting(out, kept) as checkpoint:
        found = read_series(data, names)
        labels = tables.labelled(found, data)
        say = results.Teller(say=not (quiet or as_json), show_progress=not quiet)
        say.notes(found.notes)
        classifier = SeriesClassifier(**options)
        classifier.fit(
            found.series,
            labels,
            groups=found.groups or None,
            watch=say.watch(),
            checkpoint=checkpoint,
        )
        _keep(classifier, data.name, out, say, as_json=as_json)


@reported
def predict(
    model: Model,
    data: tables.Source,
    series_column: tables.SeriesColumn = None,
    time_column: tables.TimeColumn = None,
    label_column: tables.LabelColumn = None,
    wide: tables.Wide = None,
    out: results.ResultFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Say the class of each series of INPUT: its name, its class, the probability of each class."""
    from recurra.applications.series_class import SeriesClassifier

    names = tables.names(series_column, time_column, label_column, None, wide)
    tables.answer(SeriesClassifier.load(model), data, names, out, as_json=as_json)


@reported
def evaluate(
    model: Model,
    data: tables.Data,
    series_column: tables.SeriesColumn = None,
    time_column: tables.TimeColumn = None,
    label_column: tables.LabelColumn = None,
    wide: tables.Wide = None,
    picture: tables.Picture = None,
    as_json: results.AsJson = False,
) -> None:
    """Say how many classes of DATA a MODEL gets right: accuracy and F1 by class."""
    from recurra.applications.series_class import SeriesClassifier

    names = tables.names(series_column, time_column, label_column, None, wide)
    tables.judge(SeriesClassifier.load(model), data, names, picture, as_json=as_json)


def explain(asked: Asked) -> Explanation:
    """What a network does with one series."""
    from recurra.applications.series_class import SeriesClassifier

    return tables.explain(SeriesClassifier.load(asked.model), asked)


def demo(folder: Path, say: results.Teller) -> None:
    """Learns to tell three kinds of waves apart that the package makes up."""
    from recurra import atomic
    from recurra.applications.series import read_series
    from recurra.applications.series_class import SeriesClassifier
    from recurra.applications.series_class.demo import waves

    atomic.write(folder / "train.csv", waves(90, seed=0).encode())
    atomic.write(folder / "test.csv", waves(60, seed=1).encode())
    found = read_series(folder / "train.csv")
    say.notes(found.notes)
    classifier = SeriesClassifier(units=16, epochs=30, networks=1, learning_rate=1e-2)
    classifier.fit(found.series, found.labels, watch=say.watch())
    out = folder / "model.safetensors"
    _keep(classifier, "waves of a demo", out, say, as_json=False)
    say.next_steps(
        f"recurra evaluate {out} {folder / 'test.csv'}",
        f"recurra predict {out} {folder / 'test.csv'} --out answers.csv",
    )


def _keep(
    classifier: SeriesClassifier, name: str, out: Path, say: results.Teller, *, as_json: bool
) -> None:
    from recurra.applications.series_class import stored

    content = stored.pack(classifier)
    tables.keep(classifier.fitted(), content, "Classes of series", name, out, say, as_json=as_json)
