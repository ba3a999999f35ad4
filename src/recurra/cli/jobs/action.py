"""``action`` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import job_action_videos as videos
from recurra.cli import job_results as results
from recurra.cli import job_series as tables
from recurra.cli import keeping
from recurra.cli.reporting import reported
from recurra.errors import OptionError

if TYPE_CHECKING:
    from recurra.applications.action import ActionClassifier
    from recurra.cli.explaining import Asked
    from recurra.explain import Explanation
    from recurra.training import Checkpoint

Data = Annotated[
    Path,
    typer.Argument(
        help="A folder of folders of videos, whose names are the classes; or a .ts file, a table "
        "(.csv, .tsv), arrays (.npz), or a folder of these; all but arrays also .gz.",
        metavar="DATA",
    ),
]
Source = Annotated[
    Path,
    typer.Argument(
        help="Like the data of fit, with classes or without; also a single video.", metavar="INPUT"
    ),
]
Model = Annotated[Path, typer.Argument(help="A model of action.", metavar="MODEL")]


@reported
def fit(
    data: Data,
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
            help="To how many recordings are stretched; of videos, how many are read. [default: "
            "their median length, 24 to 128; of videos 16]"
        ),
    ] = None,
    seed: results.Seed = 0,
    resume: keeping.Resume = False,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
    as_json: results.AsJson = False,
    quiet: results.Quiet = False,
) -> None:
    """Learn from DATA which action a video, or another recording of movement, shows.

    DATA is a folder that holds a folder of videos for each class (needs recurra[video]); or a .ts
    file of the UEA archive, a table (a row a step, columns found by their names, or
    with --wide a row a series), arrays in .npz, or a folder of these. Columns called JOINT_x,
    JOINT_y, JOINT_z for joint after joint are a skeleton; others are sensors. MODEL holds all that
    is needed to use it; beside it, by its name, lie the report (.html), its picture (.png), the
    figures (.json) and the losses of the first network (.csv).

    A run of more than a minute can be stopped, or killed, and goes on with --resume.
    """
    named: dict[str, Any] = {
        "series_column": series_column,
        "time_column": time_column,
        "label_column": label_column,
        "group_column": group_column,
        "wide": wide,
    }
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
        say = results.Teller(say=not (quiet or as_json), show_progress=not quiet)
        if videos.holds_videos(data, **named):
            seen = videos.fit(data, options, say, checkpoint)
            videos.keep(seen, data.name, out, say, as_json=as_json)
        else:
            classifier = _fit_series(data, tuple(named.values()), options, say, checkpoint)
            _keep(classifier, data.name, out, say, as_json=as_json)


@reported
def predict(
    model: Model,
    data: Source,
    series_column: tables.SeriesColumn = None,
    time_column: tables.TimeColumn = None,
    label_column: tables.LabelColumn = None,
    wide: tables.Wide = None,
    out: results.ResultFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Say the action of each recording of INPUT: its name, the action, the probability of each."""
    from recurra.applications.action import ActionClassifier, files

    if files.reads_of(model) == files.VIDEOS:
        videos.no_columns(
            series_column=series_column,
            time_column=time_column,
            label_column=label_column,
            wide=wide,
        )
        videos.predict(model, data, out, as_json=as_json)
        return
    names = tables.names(series_column, time_column, label_column, None, wide)
    tables.answer(ActionClassifier.load(model), data, names, out, as_json=as_json)


@reported
def evaluate(
    model: Model,
    data: Data,
    series_column: tables.SeriesColumn = None,
    time_column: tables.TimeColumn = None,
    label_column: tables.LabelColumn = None,
    wide: tables.Wide = None,
    picture: tables.Picture = None,
    as_json: results.AsJson = False,
) -> None:
    """Say how many actions of DATA a MODEL gets right: accuracy and F1 by class."""
    from recurra.applications.action import ActionClassifier, files

    if files.reads_of(model) == files.VIDEOS:
        videos.no_columns(
            series_column=series_column,
            time_column=time_column,
            label_column=label_column,
            wide=wide,
        )
        videos.evaluate(model, data, picture, as_json=as_json)
        return
    names = tables.names(series_column, time_column, label_column, None, wide)
    tables.judge(ActionClassifier.load(model), data, names, picture, as_json=as_json)


def explain(asked: Asked) -> Explanation:
    """What a network does with one recording."""
    from recurra.applications.action import ActionClassifier, files

    if files.reads_of(asked.model) == files.VIDEOS:
        raise OptionError(
            f"{asked.model}, a model that reads videos",
            "a model of recordings in a table or .ts file, whose steps have names and values",
        )
    return tables.explain(ActionClassifier.load(asked.model), asked)


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


def _fit_series(
    data: Path,
    named: tuple[Any, ...],
    options: dict[str, Any],
    say: results.Teller,
    checkpoint: Checkpoint,
) -> ActionClassifier:
    """Learns from skeletons and sensors; columns may be named, in the order of the options."""
    from recurra.applications.action import ActionClassifier
    from recurra.applications.series import read_series

    found = read_series(data, tables.names(*named))
    labels = tables.labelled(found, data)
    say.notes(found.notes)
    return ActionClassifier(**options).fit(
        found.series,
        labels,
        channels=found.channels,
        groups=found.groups or None,
        watch=say.watch(),
        checkpoint=checkpoint,
    )


def _keep(
    classifier: ActionClassifier, name: str, out: Path, say: results.Teller, *, as_json: bool
) -> None:
    content = classifier.packed()
    tables.keep(classifier.fitted(), content, "Actions", name, out, say, as_json=as_json)
