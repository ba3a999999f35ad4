"""``recurra predict``: a model that was kept forecasts on from newer data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recurra.cli import model_options as options
from recurra.cli.reporting import reported


@reported
def predict(
    model: Annotated[Path, typer.Argument(help="A model.safetensors.", metavar="MODEL")],
    data: Annotated[Path, typer.Argument(help="A CSV (also .gz) or Parquet file.", metavar="DATA")],
    horizon: Annotated[int | None, typer.Option(help="Steps ahead. [default: the model's]")] = None,
    level: options.Level = None,
    future: Annotated[
        Path | None,
        typer.Option(
            help="A CSV or Parquet file of what is known ahead. [default: rows of DATA]",
            metavar="FILE",
        ),
    ] = None,
    cell: Annotated[
        str | None,
        typer.Option(help="The model's cell, if it is your own, FILE.py:NAME. [default: in MODEL]"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="A CSV file. [default: standard output]", metavar="FILE"),
    ] = None,
) -> None:
    """Forecast on from the end of DATA with a MODEL that was fitted before.

    DATA needs the columns that the model was fitted on, and as many points as it looks back. What
    is known ahead stands in FILE or in rows of DATA whose column to forecast is empty.
    """
    from recurra import atomic
    from recurra.forecasting import Forecaster
    from recurra.forecasting.files import read_table
    from recurra.own import load_cell

    own = None if cell is None else load_cell(cell)
    forecaster = Forecaster.load(model, cell=own)
    name = forecaster.model_.cell.name
    plan, clock = forecaster.plan_, forecaster.clock_
    typer.echo(
        f"{model}: {name} forecaster of {clock.columns.target}, {clock.frequency.name}, "
        f"looking back {plan.lookback} and ahead {plan.horizon} steps",
        err=True,
    )
    forecaster.update(read_table(data))
    said = forecaster.notes_
    for note in said:
        typer.echo(f"- {note}", err=True)
    ahead = None if future is None else read_table(future)
    table = forecaster.predict(horizon, options.levels(level), future=ahead).write_csv()
    for note in forecaster.notes_[len(said) :]:
        typer.echo(f"- {note}", err=True)
    if out is None:
        typer.echo(table, nl=False)
    else:
        atomic.write(out, table.encode())
        typer.echo(f"Forecast: {out}", err=True)
