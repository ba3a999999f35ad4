"""``recurra diagnose``: how far back a model that was kept remembers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recurra.cli.reporting import reported
from recurra.errors import OptionError

if TYPE_CHECKING:
    from torch import Tensor, nn

    from recurra.forecasting.model import Model
    from recurra.forecasting.panel import Series

WINDOWS = 32
"""Windows on the data that the model is measured on, at most, evenly spaced."""


@reported
def diagnose(
    model: Annotated[Path, typer.Argument(help="A model.safetensors.", metavar="MODEL")],
    data: Annotated[Path, typer.Argument(help="A CSV (also .gz) or Parquet file.", metavar="DATA")],
    needs: Annotated[
        int | None,
        typer.Option(help="How many steps back the target looks. [default: the lookback]"),
    ] = None,
    cell: Annotated[
        str | None,
        typer.Option(help="The model's cell, if it is your own, FILE.py:NAME. [default: in MODEL]"),
    ] = None,
    out: Annotated[Path, typer.Option(help="A PNG file for the picture.", metavar="FILE")] = Path(
        "diagnosis.png"
    ),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON and nothing else.")
    ] = False,
) -> None:
    """Say how far back a MODEL that was fitted before remembers, on windows of DATA.

    DATA needs the columns that the model was fitted on, and one point more than it looks back.
    Measured are the fading of gradients by lag and by time, half-life, Lyapunov exponent, saturated
    gates, dead units and spectral radii; the verdict says what to do.
    """
    import json

    from recurra.diagnose import diagnose as examine
    from recurra.forecasting import Forecaster
    from recurra.forecasting.files import read_table
    from recurra.forecasting.panel import Panel
    from recurra.own import load_cell

    own = None if cell is None else load_cell(cell)
    forecaster = Forecaster.load(model, cell=own)
    panel = Panel.from_columns(read_table(data), forecaster.clock_.columns)
    forecaster.clock_.check(panel)
    examined = _examined(forecaster.model_, data, panel.series)
    name, plan = forecaster.model_.cell.name, forecaster.plan_
    trained = "" if forecaster.history_.epoch else ", never trained: these are its first weights"
    for line in (
        f"{model}: {name} forecaster of {forecaster.clock_.columns.target}, "
        f"looking back {plan.lookback} steps{trained}",
        f"{len(examined.inputs)} windows of {data}",
        *(f"- {note}" for note in panel.notes),
    ):
        typer.echo(line, err=True)
    found = examine(examined.network, examined.inputs, targets=examined.targets, needs=needs)
    found.picture(out)
    typer.echo(json.dumps(found.as_dict(), indent=2, allow_nan=False) if as_json else str(found))
    typer.echo(f"Picture: {out}", err=True)


@dataclass(frozen=True)
class _Examined:
    """A network, and the windows (B, L, I) and targets (B, 1) that it is examined on."""

    network: nn.Module
    inputs: Tensor
    targets: Tensor


def _examined(model: Model, path: Path, series: Sequence[Series]) -> _Examined:
    """By the form of the model.

    Raises:
        OptionError: If models of its form cannot be examined.
    """
    from recurra.forecasting.stepwise.model import StepModel
    from recurra.forecasting.stepwise.probing import probe

    if isinstance(model, StepModel):
        return _Examined(model.network, *probe(model, series, WINDOWS, str(path)))
    raise OptionError(
        f"a model of the form {model.form!r}",
        "one that forecasts step by step",
        "fit one with strategy 'recursive', or give recurra.diagnose the networks in "
        "model_.modules() with windows of your own",
    )
