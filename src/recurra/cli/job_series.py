"""What the jobs on series of numbers share: options, answers, figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from recurra.cli import job_results as results
from recurra.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from recurra.applications.scoring import Scores
    from recurra.applications.series import Collection, Names
    from recurra.applications.series_learning import Fit
    from recurra.cli.explaining import Asked
    from recurra.explain import Explanation

Data = Annotated[
    Path,
    typer.Argument(
        help="A .ts file, a table (.csv, .tsv), arrays (.npz), or a folder of these; all but "
        "arrays also .gz.",
        metavar="DATA",
    ),
]
Source = Annotated[
    Path, typer.Argument(help="Like the data of fit, with classes or without.", metavar="INPUT")
]
SeriesColumn = Annotated[
    str | None,
    typer.Option(help="Column that tells series apart. [default: found]", metavar="NAME"),
]
TimeColumn = Annotated[
    str | None,
    typer.Option(help="Column of times, the order of steps. [default: found]", metavar="NAME"),
]
LabelColumn = Annotated[
    str | None,
    typer.Option(
        help="Column of classes; its number in a table without names. [default: found]",
        metavar="NAME",
    ),
]
GroupColumn = Annotated[
    str | None,
    typer.Option(
        help="Column that says whose a series is: figures are then of people who are new. "
        "[default: found]",
        metavar="NAME",
    ),
]
Wide = Annotated[
    int | None,
    typer.Option(
        help="The table has a row a series: the values of its first step, then of the next. How "
        "many values a step has.",
        metavar="CHANNELS",
    ),
]
CellName = Annotated[str, typer.Option("--cell", help="One of those that recurra cells lists.")]
Units = Annotated[int | None, typer.Option(help="Units each way. [default: 64]")]
Layers = Annotated[int | None, typer.Option(help="Layers, one above the other. [default: 1]")]
Networks = Annotated[
    int | None, typer.Option(help="Networks that are averaged. [default: by job and data]")
]
Epochs = Annotated[
    int | None, typer.Option(help="Passes over the series. [default: 20 to 120, by data]")
]
BatchSize = Annotated[int | None, typer.Option(help="Series a step. [default: by data]")]
LearningRate = Annotated[float | None, typer.Option(help="Size of the steps. [default: 0.003]")]
Picture = Annotated[
    Path | None,
    typer.Option(help="A PNG of which class was taken for which.", metavar="FILE"),
]


class Classifier(Protocol):
    """What the commands need of a classifier of series."""

    classes_: tuple[str, ...]

    def predict_proba(self, series: Any) -> Any:
        """(N, C)."""
        ...

    def said_of(self, series: Any, labels: Any = ()) -> list[str]:
        """Sentences."""
        ...

    def evaluate(self, series: Any, labels: Any) -> Scores:
        """Figures."""
        ...


class Explained(Protocol):
    """A classifier whose networks can be seen at work."""

    def explain(self, series: Any, *, network: int, title: str) -> Explanation:
        """What one of them does with a series."""
        ...


def names(
    series: str | None, time: str | None, label: str | None, group: str | None, wide: int | None
) -> Names:
    """The options as the names of columns."""
    from recurra.applications.series import Names

    return Names(series, time, label, group, wide)


def labelled(found: Collection, path: Path) -> list[str]:
    """The classes of series that must have some.

    Raises:
        DataError: If there are none.
    """
    if not found.labels:
        raise DataError(
            f"{path} says of no series which class it is of.",
            "a column of classes, a class behind each series of a .ts file, or a folder a class",
            "name the column: --label-column NAME",
        )
    return list(found.labels)


def keep(
    fit: Fit, model: bytes, title: str, name: str, out: Path, say: results.Teller, *, as_json: bool
) -> None:
    """Writes the model and all that is told of it.

    Args:
        fit: What the report is about.
        model: The content of its file.
        title: The job in words.
        name: What was learned from.
        out: Where the model is written.
        say: Says things.
        as_json: Whether to print the figures.
    """
    from recurra.applications import series_learning as learning

    say.notes(fit.notes)

    def told() -> results.Report:
        return results.Report(
            learning.figures(fit),
            learning.page(fit, title=title, name=name, command=results.command()),
            learning.draw(fit),
            fit.members[0].history.to_csv(),
        )

    results.keep(out, model, told, say, as_json=as_json)


def answer(
    classifier: Classifier, data: Path, columns: Names, out: Path | None, *, as_json: bool
) -> None:
    """Writes the class of each series, and its probabilities."""
    from recurra.applications.series import read_series

    found = read_series(data, columns)
    results.notes_aside([*found.notes, *classifier.said_of(found.series)])
    chances = classifier.predict_proba(found.series)
    write_answers(found.names, chances, classifier.classes_, out, as_json=as_json)


def write_answers(
    names: Sequence[str],
    chances: NDArray[np.float32],
    classes: tuple[str, ...],
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Writes what each is called, its likeliest class, and the probability (N, C) of each class."""
    labels = [classes[place] for place in chances.argmax(1)]
    if as_json:
        rows = zip(names, labels, chances.tolist(), strict=True)
        told = [
            {
                "series": name,
                "label": label,
                "probabilities": dict(zip(classes, shares, strict=True)),
            }
            for name, label, shares in rows
        ]
        results.write(results.to_json(told), out)
        return
    results.write(_table(names, labels, chances, classes), out)


def explain(classifier: Explained, asked: Asked) -> Explanation:
    """What a network does with one series of a file."""
    from recurra.applications.series import read_series

    asked.no_step()
    found = read_series(asked.file)
    results.notes_aside(found.notes)
    place = asked.one_of(len(found.series), "series", found.names)
    return classifier.explain(
        found.series[place], network=asked.network, title=str(found.names[place])
    )


def judge(
    classifier: Classifier, data: Path, columns: Names, picture: Path | None, *, as_json: bool
) -> None:
    """Says how many classes are right, and draws which was taken for which."""
    from recurra.applications.series import read_series

    found = read_series(data, columns)
    labels = labelled(found, data)
    notes = [*found.notes, *classifier.said_of(found.series, labels)]
    results.notes_aside(notes)
    tell_scores(classifier.evaluate(found.series, labels), picture, as_json=as_json)


def tell_scores(scores: Scores, picture: Path | None, *, as_json: bool) -> None:
    """Prints how many classes are right, and draws which was taken for which."""
    from recurra import atomic
    from recurra.applications.scoring import confusion_picture

    if picture is not None:
        atomic.write(picture, confusion_picture(scores))
    if as_json:
        typer.echo(results.to_json(scores.to_json()), nl=False)
        return
    name, share = scores.majority
    typer.echo(f"accuracy  {scores.accuracy:.4f}  ({scores.count:,} {scores.things})")
    typer.echo(f"macro F1  {scores.macro_f1:.4f}")
    typer.echo(f"always {name!r}: accuracy {share:.4f}")
    for one, f1 in zip(scores.classes, scores.f1, strict=True):
        typer.echo(f"F1 {f1:.4f}  {one}")


def _table(names: Any, labels: list[str], chances: Any, classes: tuple[str, ...]) -> str:
    import polars as pl

    columns = [pl.Series("series", names, pl.String), pl.Series("label", labels, pl.String)]
    columns += [pl.Series(f"p({c})", chances[:, n]) for n, c in enumerate(classes)]
    return pl.DataFrame(columns).write_csv(float_precision=4)
