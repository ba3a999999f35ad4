"""What the commands that learn in earnest do if not told otherwise, and how they are told."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recurra.applications.music import rules as music
from recurra.applications.sentiment import rules as sentiment
from recurra.applications.series_learning import rules as series
from recurra.applications.text import rules as text
from recurra.forecasting.defaults import REFERENCE_CASE
from recurra.studies.material import Material


@dataclass(frozen=True)
class Usual:
    """What a command takes if nothing is chosen, as far as a study has it.

    Attributes:
        cell: The cell.
        settings: Of a study, by name.
    """

    cell: str
    settings: Mapping[str, Any]

    @property
    def words(self) -> str:
        """As "lstm, 2 layers of 75 units, learning rate 0.001"."""
        return words(self.cell, self.settings)


def words(cell: str, settings: Mapping[str, Any]) -> str:
    """A cell and its settings in words."""
    layers, units = settings["layers"], settings["hidden_size"]
    size = f"{units} units" if layers == 1 else f"{layers} layers of {units} units"
    return f"{cell}, {size}, learning rate {settings['learning_rate']:.2g}"


def usual(material: Material) -> Usual:
    """Of the command that a task is called as, by its own rules for all of the data.

    The command does not cut them as a study does.
    """
    amount = material.amount or material.learned
    match material.name:
        case "forecast":
            case = REFERENCE_CASE
            units = case["hidden_size"]
            # A study's layers are alike; so many units of two have about as many weights.
            return _usual(
                case["cell"], sum(units) // len(units), len(units), case["learning_rate"],
                optimizer=case["optimizer"],
            )  # fmt: skip
        case "series-class":
            plan = series.plan(amount, series.Wishes())
            return _usual(plan.sizes.cell, plan.sizes.units, plan.sizes.layers, plan.learning_rate)
        case "sentiment":
            told = sentiment.plan(amount, by_letters=False, wishes=sentiment.Wishes())
            return _usual(told.sizes.cell, told.sizes.units, 1, told.learning_rate)
        case "text":
            held = material.validation.steps
            read = text.plan(amount, held, material.input_size, text.Wishes())
            return _usual(read.cell, read.units, read.layers, read.learning_rate)
        case _:
            piece = music.plan(len(material.train), amount, music.Wishes())
            return _usual(piece.cell, piece.units, piece.layers, piece.learning_rate)


def _usual(cell: str, units: int, layers: int, rate: float, *, optimizer: str = "adam") -> Usual:
    found = {"hidden_size": units, "layers": layers, "learning_rate": rate}
    return Usual(cell, {**found, "optimizer": optimizer})


OPTIONS = {
    "time": "--time",
    "target": "--target",
    "id": "--id",
    "series": "--series-column",
    "text": "--text-column",
    "label": "--label-column",
}
"""By what a column is; ``series-class`` calls its times otherwise."""


def command(
    task: str,
    path: Path,
    columns: Mapping[str, str],
    cell: str,
    settings: Mapping[str, Any] | None = None,
) -> str:
    """The command that learns in earnest.

    Args:
        task: The name of the task.
        path: The data.
        columns: Those that are named.
        cell: The cell.
        settings: The study's; None for what the command does by itself.
    """
    said = ["recurra", *([] if task == "forecast" else ["fit"]), task, str(path)]
    for what, column in columns.items():
        option = "--time-column" if (task, what) == ("series-class", "time") else OPTIONS[what]
        said += [option, column]
    if task == "forecast":
        said += ["--strategy", "one-step"]
    if settings is not None:
        said += ["--cell", cell, *_told(task, settings)]
    return shlex.join(said)


def _told(task: str, settings: Mapping[str, Any]) -> Sequence[str]:
    units, layers = str(settings["hidden_size"]), settings["layers"]
    rate = ["--learning-rate", f"{settings['learning_rate']:.3g}"]
    if task == "forecast":
        return ["--layers", ",".join([units] * layers), *rate, "--optimizer", "adam"]
    # A sentiment network has one layer.
    deep = [] if task == "sentiment" else ["--layers", str(layers)]
    return ["--units", units, *deep, *rate]
