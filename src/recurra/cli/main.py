"""``recurra``: the commands."""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from recurra.cli.backtest import backtest
from recurra.cli.cells import cells
from recurra.cli.check import check
from recurra.cli.demo import demo
from recurra.cli.diagnose import diagnose
from recurra.cli.explain import explain
from recurra.cli.forecast import forecast
from recurra.cli.inspect import inspect
from recurra.cli.learn import learn
from recurra.cli.predict import predict as predict_series
from recurra.cli.processes import with_processes
from recurra.cli.study import study
from recurra.cli.verbs import by_job, by_model

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Plain help needs no rich, which halves the time until it is on the screen.
    rich_markup_mode=None,
)
app.command()(inspect)
app.command()(with_processes(forecast))
app.add_typer(
    by_job("fit", "Learn a job from your data: recurra fit JOB DATA --out MODEL.", with_processes)
)
app.add_typer(
    by_model(
        "predict",
        "Use a MODEL of any job on new data, or forecast on with one of recurra forecast.",
        {"forecaster": predict_series},
    )
)
app.add_typer(by_model("evaluate", "Say how good a MODEL of any job is on DATA.", {}))
app.command()(demo)
app.command()(backtest)
app.command()(diagnose)
app.command()(explain)
app.command()(learn)
app.command()(study)
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
    """Forecast tables, do jobs of language, signals and pictures, and look inside networks."""


def run() -> None:
    """The entry point."""
    try:
        app(prog_name="recurra")
    finally:
        # All is said and written; a late Ctrl-C would only make the interpreter complain.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
