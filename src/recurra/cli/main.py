"""``recurra``: the commands."""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from recurra.cli.backtest import backtest
from recurra.cli.cells import cells
from recurra.cli.check import check
from recurra.cli.diagnose import diagnose
from recurra.cli.forecast import forecast
from recurra.cli.inspect import inspect
from recurra.cli.predict import predict

app = typer.Typer(
    help="Forecast a table with a recurrent network, use it again, and look at cells.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Plain help needs no rich, which halves the time until it is on the screen.
    rich_markup_mode=None,
)
app.command()(inspect)
app.command()(forecast)
app.command()(predict)
app.command()(backtest)
app.command()(diagnose)
app.command()(cells)
app.command()(check)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"recurra {version('recurra')}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which it is.")
    ] = False,
) -> None:
    """Forecast a table with a recurrent network, use it again, and look at cells."""


def run() -> None:
    """The entry point."""
    try:
        app(prog_name="recurra")
    finally:
        # All is said and written; a late Ctrl-C would only make the interpreter complain.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
