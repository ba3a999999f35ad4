"""``action`` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import job_results as results
from recurra.cli import job_series as tables
from recurra.cli import keeping
from recurra.cli.reporting import reported

if TYPE_CHECKING:
    from recurra.applications.action import ActionClassifier

Model = Annotated[Path, typer.Argument(help="A model of action.", metavar="MODEL")]


@reported
def fit(
    data: tables.Data,
    out: results.Out = Path("recurra-action.safetensors"),
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
    frames: Annotated[
        int | None,
        typer.Option(
            help="To how many recordings are stretched. [default: their median length, 24 to 128]"
        ),
    ] = None,
    seed: results.Seed = 0,
    resume: keeping.Resume = False,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
    as_json: results.AsJson = False,
    quiet: results.Quiet = False,
) -> None:
    """Learn from DATA which action a recording of movement shows.

    DATA is a .ts file of the UEA archive, a table (a row a step, columns found by their names, or
    with --wide a row a series), arrays in .npz, or a folder of these. Columns called JOINT_x,
    JOINT_y, JOINT_z for joint after joint are a skeleton; others are sensors. MODEL holds all that
    is needed to use it; beside it, by its name, lie the report (.html), its picture (.png), the
    figures (.json) and the losses of the first network (.csv).

    A run of more than a minute can be stopped, or killed, and goes on with --resume.
    """
    from recurra.applications.action import ActionClassifier
    from recurra.applications.series import read_series

    names = tables.names(series_column, time_column, label_column, group_column, wide)
    options: dict[str, Any] = {
        "cell": cell,
        "units": units,
        "layers": layers,
        "networks": networks,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "frames": frames,
        "seed": seed,
    }
    kept = keeping.Kept.asked(checkpoint_every, resume=resume, quiet=quiet)
    with results.fitting(out, kept) as checkpoint:
        found = read_series(data, names)
        labels = tables.labelled(found, data)
        say = results.Teller(say=not (quiet or as_json), show_progress=not quiet)
        say.notes(found.notes)
        classifier = ActionClassifier(**options)
        classifier.fit(
            found.series,
            labels,
            channels=found.channels,
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
    """Say the action of each recording of INPUT: its name, the action, the probability of each."""
    from recurra.applications.action import ActionClassifier

    names = tables.names(series_column, time_column, label_column, None, wide)
    tables.answer(ActionClassifier.load(model), data, names, out, as_json=as_json)


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
    """Say how many actions of DATA a MODEL gets right: accuracy and F1 by class."""
    from recurra.applications.action import ActionClassifier

    names = tables.names(series_column, time_column, label_column, None, wide)
    tables.judge(ActionClassifier.load(model), data, names, picture, as_json=as_json)


def demo(folder: Path, say: results.Teller) -> None:
    """Learns to tell apart what stick figures do that the package makes up."""
    from recurra import atomic
    from recurra.applications.action import ActionClassifier
    from recurra.applications.action.demo import recordings
    from recurra.applications.series import read_series

    atomic.write(folder / "train.csv", recordings(60, seed=0).encode())
    atomic.write(folder / "test.csv", recordings(30, seed=1).encode())
    found = read_series(folder / "train.csv")
    say.notes(found.notes)
    classifier = ActionClassifier(units=16, epochs=12, networks=1, learning_rate=1e-2)
    classifier.fit(
        found.series,
        found.labels,
        channels=found.channels,
        groups=found.groups,
        watch=say.watch(),
    )
    out = folder / "model.safetensors"
    _keep(classifier, "stick figures of a demo", out, say, as_json=False)
    say.next_steps(
        f"recurra evaluate {out} {folder / 'test.csv'}",
        f"recurra predict {out} {folder / 'test.csv'} --out answers.csv",
    )


def _keep(
    classifier: ActionClassifier, name: str, out: Path, say: results.Teller, *, as_json: bool
) -> None:
    from recurra.applications.action import stored

    content = stored.pack(classifier)
    tables.keep(classifier.fitted(), content, "Actions", name, out, say, as_json=as_json)
