"""The options that say what a forecaster is, for every command that makes one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from recurra.errors import OptionError

Time = Annotated[str | None, typer.Option(help="Column of times. [default: found]")]
Target = Annotated[str | None, typer.Option(help="Column to forecast. [default: found]")]
Id = Annotated[str | None, typer.Option(help="Column that names the series. [default: found]")]
Horizon = Annotated[int | None, typer.Option(help="Steps ahead. [default: by frequency]")]
Lookback = Annotated[int | None, typer.Option(help="Steps looked back. [default: by season]")]
Level = Annotated[
    str | None, typer.Option(help="Percents to give intervals for, as 80,95.", metavar="A,B")
]
Quantiles = Annotated[
    str | None, typer.Option(help="Shares to give quantiles for, as 0.1,0.9.", metavar="A,B")
]
Samples = Annotated[
    int | None, typer.Option(help="Sample paths of each series, whose steps go together.")
]
Head = Annotated[
    str | None,
    typer.Option(
        help="What the networks say of each step, by segments: quantiles, or the parameters of a "
        "normal, student-t, laplace or, for counts, negative-binomial distribution. "
        "[default: point, the forecast alone]"
    ),
]
CellName = Annotated[
    str | None,
    typer.Option(
        help="One of those that recurra cells lists, or your own, FILE.py:NAME. "
        "[default: lstm step by step, gru by segments]"
    ),
]
Layers = Annotated[
    str | None, typer.Option(help="Units of each layer. [default: 50,100, or by the data's size]")
]
StrategyName = Annotated[
    str | None,
    typer.Option(
        help="sequence-to-sequence or direct: by segments, after one another or each by itself; "
        "recursive: step by step, predictions fed back; one-step: from true values. "
        "[default: sequence-to-sequence, but recursive with --epochs]"
    ),
]
Epochs = Annotated[
    int | None, typer.Option(help="Passes over the data at most, step by step. [default: 50]")
]
Steps = Annotated[
    int | None, typer.Option(help="Steps of training, by segments. [default: by data]")
]
Ensemble = Annotated[
    int | None, typer.Option(help="Networks that are averaged, by segments. [default: 3]")
]
SeasonalityName = Annotated[
    str | None,
    typer.Option(
        help="learned: left to the networks; decomposed: divided out; smoothed: by exponential "
        "smoothing learned with them. By segments. [default: by data]"
    ),
]
Dilation = Annotated[
    str | None,
    typer.Option(
        help="How many segments apart those lie that each layer connects, as 1,2,4. [default: 1]",
        metavar="A,B",
    ),
]
BatchSize = Annotated[int | None, typer.Option(help="Windows a step. [default: 32, or by data]")]
OptimizerName = Annotated[
    str | None,
    typer.Option(
        help="rmsprop, adam, adamw or sgd. [default: rmsprop step by step, adam by segments]"
    ),
]
LearningRate = Annotated[
    float | None, typer.Option(help="Size of the steps. [default: 0.001, or by data]")
]
Static = Annotated[
    str | None, typer.Option(help="Columns that are the same in a whole series.", metavar="A,B")
]
Past = Annotated[str | None, typer.Option(help="Columns that are known up to now.", metavar="A,B")]
Future = Annotated[
    str | None,
    typer.Option(
        help="Columns that are known ahead: DATA has rows for the steps to forecast too, with the "
        "column to forecast left empty.",
        metavar="A,B",
    ),
]
Categorical = Annotated[
    str | None, typer.Option(help="Those of them whose numbers are names.", metavar="A,B")
]
Calendar = Annotated[
    bool, typer.Option("--calendar", help="Read hour, weekday and the like beside.")
]
Holidays = Annotated[
    str | None,
    typer.Option(help="Read the holidays of a country, as DE, or DE-BY.", metavar="CODE"),
]
Auto = Annotated[
    str | None,
    typer.Option(
        help="Search for better settings than the rules choose, by segments: for 90s, 10m or 1h in "
        "all, or 20 trials. What you set stays. Ctrl-C ends the search and trains the best so far.",
        metavar="BUDGET",
    ),
]
By = Annotated[
    str | None,
    typer.Option(help="Columns by whose values a model is learned a group.", metavar="A,B"),
]
Seed = Annotated[int, typer.Option(help="The same seed gives the same forecast.")]

_WIDE = 256
"""Layers of fewer units are done sooner by one thread than by several that wait for each other."""


def made_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a forecaster, from a command's own by name.

    Raises:
        OptionError: If one cannot be read.
        CellError: If there is no such cell.
    """
    from recurra.cli.covariates import covariate_options
    from recurra.own import load_cell

    same = ("horizon", "lookback", "strategy", "epochs", "steps", "batch_size", "ensemble")
    roles = ("static", "past", "future", "categorical", "calendar", "holidays")
    return {
        **{name: given[name] for name in (*same, "optimizer", "learning_rate", "auto", "head")},
        "seed": given["seed"],
        "seasonality": given["seasonality"],
        "dilation": None if given["dilation"] is None else _whole("dilation", given["dilation"]),
        "cell": None if given["cell"] is None else load_cell(given["cell"]),
        "hidden_size": None if given["layers"] is None else _whole("layers", given["layers"]),
        "by": None if given["by"] is None else [one.strip() for one in given["by"].split(",")],
        **covariate_options(**{name: given[name] for name in roles}),
    }


def levels(level: str | None) -> list[float] | None:
    """Percents.

    Raises:
        OptionError: If they are no numbers, or out of range.
    """
    return _numbers("--level", level, (1, 100), "80,95")


def shares(quantiles: str | None) -> list[float] | None:
    """Shares.

    Raises:
        OptionError: If they are no numbers, or out of range.
    """
    return _numbers("--quantiles", quantiles, (0, 1), "0.1,0.9")


def _numbers(
    option: str, given: str | None, within: tuple[float, float], example: str
) -> list[float] | None:
    """Known before the long work of which they would be the last step."""
    if given is None:
        return None
    try:
        found = [float(part) for part in given.split(",")]
    except ValueError:
        found = []
    least, most = within
    if not found or not all(max(least, 1e-9) <= one < most for one in found):
        raise OptionError(
            f"{option} {given}",
            "percents with commas between, each at least 1 and below 100"
            if most > 1
            else "shares with commas between, each above 0 and below 1",
            f"write 80 for a share of 0.8, as {option} {example}"
            if most > 1
            else f"write 0.1 for 10 percent, as {option} {example}",
        )
    return found


def share_work(sizes: Sequence[int] | None) -> None:
    """Leaves narrow networks to one thread, unless the user has said how many to use."""
    import torch

    if "OMP_NUM_THREADS" not in os.environ and max(sizes or (1,)) < _WIDE:
        torch.set_num_threads(1)


_EXAMPLES = {"layers": "50,100", "dilation": "1,2,4"}


def _whole(name: str, given: str) -> tuple[int, ...]:
    try:
        numbers = tuple(int(part) for part in given.split(","))
    except ValueError:
        numbers = ()
    if not numbers or min(numbers) < 1:
        raise OptionError(
            f"--{name} {given}",
            "whole numbers of at least 1 with commas between",
            f"--{name} {_EXAMPLES[name]}",
        )
    return numbers
