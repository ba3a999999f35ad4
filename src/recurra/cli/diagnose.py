"""``recurra diagnose``: how far back a model that was kept remembers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recurra.cli.reporting import reported

if TYPE_CHECKING:
    from torch import Tensor

    from recurra.forecasting import Forecaster

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
    from recurra.own import load_cell

    own = None if cell is None else load_cell(cell)
    forecaster = Forecaster.load(model, cell=own)
    inputs, targets, notes = _windows(forecaster, data, read_table(data))
    name, plan = forecaster.network_.recurrent.cell.name, forecaster.plan_
    trained = "" if forecaster.history_.epoch else ", never trained: these are its first weights"
    for line in (
        f"{model}: {name} forecaster of {forecaster.clock_.columns.target}, "
        f"looking back {plan.lookback} steps{trained}",
        f"{len(inputs)} windows of {data}",
        *(f"- {note}" for note in notes),
    ):
        typer.echo(line, err=True)
    found = examine(forecaster.network_, inputs, targets=targets, needs=needs)
    found.picture(out)
    typer.echo(json.dumps(found.as_dict(), indent=2, allow_nan=False) if as_json else str(found))
    typer.echo(f"Picture: {out}", err=True)


def _windows(
    forecaster: Forecaster, path: Path, table: object
) -> tuple[Tensor, Tensor, tuple[str, ...]]:
    """Inputs (B, L, I), targets (B, 1), and what was repaired in reading them."""
    import numpy as np
    import torch

    from recurra.errors import DataError
    from recurra.forecasting.changes import Changes
    from recurra.forecasting.panel import Panel
    from recurra.forecasting.tail import go_on
    from recurra.forecasting.windows import Windows

    panel = Panel.from_columns(table, forecaster.clock_.columns)
    forecaster.clock_.check(panel)
    known = {tail.id: tail for tail in forecaster.tails_}
    sight = forecaster.tails_[0].changes.sight
    tails = [go_on(series, known, sight) for series in panel.series]
    offset, values, targets, owners = 0, [], [], []
    for number, (series, tail) in enumerate(zip(panel.series, tails, strict=True)):
        values.append(tail.scale.scaled(series.values).astype(np.float32))
        places = sight.reach + np.flatnonzero(series.observed[sight.reach :])
        targets.append(offset + places)
        owners.append(np.full(len(places), number))
        offset += len(series.values)
    windows = Windows(
        torch.from_numpy(np.concatenate(values)),
        torch.from_numpy(np.concatenate(targets)),
        torch.from_numpy(np.concatenate(owners)),
        Changes.stack([tail.changes for tail in tails]),
    )
    if not len(windows):
        raise DataError(
            f"{path}, in which no series has a value after the {sight.reach} that the model sees",
            f"at least {sight.reach + 1} points of a series",
            "give a longer history",
        )
    chosen = torch.linspace(0, len(windows) - 1, min(WINDOWS, len(windows))).round().long()
    return *windows[chosen], panel.notes
