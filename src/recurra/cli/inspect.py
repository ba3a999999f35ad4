"""``recurra inspect``: what is in a table, before anything is learned from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recurra.cli import model_options as options
from recurra.cli.reporting import FAILED, reported

if TYPE_CHECKING:
    from recurra.forecasting.doctor import Inspection


@reported
def inspect(
    data: Annotated[Path, typer.Argument(help="A CSV (also .gz) or Parquet file.", metavar="DATA")],
    time: options.Time = None,
    target: options.Target = None,
    id: options.Id = None,  # noqa: A002
    horizon: options.Horizon = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was found as JSON and nothing else.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for inspection.html and inspection.json.", metavar="DIR"),
    ] = None,
) -> None:
    """Say what is in DATA: step, seasons, gaps, outliers, leaks, and what to do about them.

    Nothing is learned and nothing is changed. The exit code is 1 if an error was found.
    """
    from contextlib import nullcontext
    from dataclasses import replace

    from recurra.cli.folder import publish, results_folder
    from recurra.forecasting.doctor import Severity
    from recurra.forecasting.doctor import inspect as examine
    from recurra.forecasting.files import read_table

    with nullcontext() if out is None else results_folder(out):
        found = examine(read_table(data), id=id, time=time, target=target, horizon=horizon)
        found = replace(found, title=f"{found.target} in {data.name}")
        if out is not None:
            files = {"inspection.html": found.to_html(), "inspection.json": found.to_json()}
            publish(out, {name: content.encode() for name, content in files.items()})
    if as_json:
        typer.echo(found.to_json())
    else:
        _show(found)
    if out is not None:
        typer.echo(f"Page: {out / 'inspection.html'}", err=as_json)
    if found.worst == Severity.ERROR:
        raise typer.Exit(FAILED)


def _show(found: Inspection) -> None:
    """On a terminal in its width and colours, else as plain text."""
    from rich.console import Console

    from recurra.forecasting.doctor.text import show

    console = Console(highlight=False)
    if console.is_terminal:
        show(found, console)
    else:
        typer.echo(str(found))
