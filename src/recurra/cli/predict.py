"""``recurra predict``: a model that was kept forecasts on from newer data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from recurra.cli import model_options as options
from recurra.cli.reporting import reported
from recurra.errors import OptionError

STANDARD_INPUT = "-"


@reported
def predict(
    model: Annotated[Path, typer.Argument(help="A model.safetensors.", metavar="MODEL")],
    data: Annotated[
        Path,
        typer.Argument(
            help="A CSV (also .gz) or Parquet file; - for a CSV from standard input.",
            metavar="DATA",
        ),
    ],
    horizon: Annotated[int | None, typer.Option(help="Steps ahead. [default: the model's]")] = None,
    level: options.Level = None,
    quantiles: options.Quantiles = None,
    samples: options.Samples = None,
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
    stream: Annotated[
        bool,
        typer.Option(
            "--stream",
            help="Go on from the end of the model's own history, a forecast after each row from "
            "standard input.",
        ),
    ] = False,
) -> None:
    """Forecast on from the end of DATA with a MODEL that was fitted before.

    DATA needs the columns that the model was fitted on, and as many points as it looks back. What
    is known ahead stands in FILE or in rows of DATA whose column to forecast is empty.

    With --stream, DATA is -: rows, CSV with a header line or JSON lines, are read as they come, and
    the forecast that follows each is written at once, as CSV or as a line of JSON.
    """
    if stream:
        _check_stream(data, future, out)
        if quantiles is not None or samples is not None:
            raise OptionError(
                "--stream with --quantiles or --samples, which are of a whole table",
                "intervals alone beside the forecasts of a stream",
                "--level 80 has the quantiles 0.1 and 0.9 for its ends",
            )
    from recurra import atomic
    from recurra.cli.following import follow
    from recurra.forecasting import Forecaster
    from recurra.forecasting.files import read_piped, read_table
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
    if stream:
        follow(forecaster, horizon, options.levels(level))
        return
    piped = str(data) == STANDARD_INPUT
    forecaster.update(read_piped(sys.stdin.buffer.read()) if piped else read_table(data))
    said = forecaster.notes_
    for note in said:
        typer.echo(f"- {note}", err=True)
    ahead = None if future is None else read_table(future)
    table = forecaster.predict(
        horizon,
        options.levels(level),
        future=ahead,
        quantiles=options.shares(quantiles),
        samples=samples,
    ).write_csv()
    for note in forecaster.notes_[len(said) :]:
        typer.echo(f"- {note}", err=True)
    if out is None:
        typer.echo(table, nl=False)
    else:
        atomic.write(out, table.encode())
        typer.echo(f"Forecast: {out}", err=True)


def _check_stream(data: Path, future: Path | None, out: Path | None) -> None:
    if str(data) != STANDARD_INPUT:
        raise OptionError(
            f"--stream with {data}",
            "rows from standard input",
            f"recurra predict MODEL - --stream < {data}",
        )
    if future is not None:
        raise OptionError(
            "--stream with --future", "rows from standard input alone", "leave it out"
        )
    if out is not None:
        raise OptionError(
            f"--stream with --out {out}, which is a file that is written whole",
            "standard output",
            f"recurra predict MODEL - --stream > {out}",
        )
