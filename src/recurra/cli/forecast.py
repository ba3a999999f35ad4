"""``recurra forecast``: from a table to a forecast."""

from __future__ import annotations

import os
import shlex
import sys
import time as clock
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli.reporting import INTERRUPTED, reported
from recurra.errors import OptionError

if TYPE_CHECKING:
    from recurra.forecasting import Forecaster


@reported
def forecast(
    data: Annotated[
        Path | None, typer.Argument(help="A CSV (also .gz) or Parquet file.", metavar="DATA")
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Forecast the reference case, a sine, instead of DATA.")
    ] = False,
    time: Annotated[str | None, typer.Option(help="Column of times. [default: found]")] = None,
    target: Annotated[str | None, typer.Option(help="Column to forecast. [default: found]")] = None,
    id: Annotated[  # noqa: A002
        str | None, typer.Option(help="Column that names the series. [default: found]")
    ] = None,
    horizon: Annotated[
        int | None, typer.Option(help="Steps ahead. [default: by frequency]")
    ] = None,
    lookback: Annotated[
        int | None, typer.Option(help="Steps looked back. [default: by season]")
    ] = None,
    cell: Annotated[
        str,
        typer.Option(help="One of those that recurra cells lists, or your own, FILE.py:NAME."),
    ] = "lstm",
    layers: Annotated[str, typer.Option(help="Units of each layer.")] = "50,100",
    strategy: Annotated[
        str, typer.Option(help="recursive: feed predictions back; one-step: from true values.")
    ] = "recursive",
    epochs: Annotated[int, typer.Option(help="Passes over the data at most.")] = 50,
    batch_size: Annotated[int, typer.Option(help="Windows a step.")] = 32,
    optimizer: Annotated[str, typer.Option(help="rmsprop, adam, adamw or sgd.")] = "rmsprop",
    learning_rate: Annotated[float, typer.Option(help="Size of the steps.")] = 1e-3,
    seed: Annotated[int, typer.Option(help="The same seed gives the same forecast.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the results. [default: recurra-NAME]", metavar="DIR"),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON and nothing else.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
    explain_kernel: Annotated[
        bool,
        typer.Option(
            "--explain-kernel", help="Print which kernel ran, why, and what each option costs."
        ),
    ] = False,
) -> None:
    """Forecast the series in DATA, and say how far the forecast can be trusted.

    Columns, frequency and season that are not named are found, and what was found is printed.

    DIR gets forecast.csv, metrics.json, history.csv, model.safetensors, forecast.png and
    report.html.
    """
    if (data is None) != demo:
        raise OptionError(
            "neither DATA nor --demo" if data is None else f"both {data} and --demo",
            "a file to forecast, or --demo",
            "recurra forecast sales.csv",
        )
    from recurra.own import load_cell

    options = {
        "horizon": horizon,
        "lookback": lookback,
        "cell": load_cell(cell),
        "hidden_size": _sizes(layers),
        "strategy": strategy,
        "epochs": epochs,
        "batch_size": batch_size,
        "optimizer": optimizer,
        "learning_rate": learning_rate,
        "seed": seed,
    }
    columns = {"id": id, "time": time, "target": target}
    name = "demo" if data is None else data.name.partition(".")[0]
    _run(
        data,
        options,
        columns,
        folder=out or Path(f"recurra-{name}"),
        say=not (quiet or as_json),
        show_progress=not quiet,
        as_json=as_json,
        explain_kernel=explain_kernel,
    )


def _run(
    data: Path | None,
    options: dict[str, Any],
    columns: dict[str, str | None],
    *,
    folder: Path,
    say: bool,
    show_progress: bool,
    as_json: bool,
    explain_kernel: bool,
) -> None:
    from recurra.cli.folder import publish, results_folder
    from recurra.cli.narration import Narrator
    from recurra.forecasting import stored

    narrator = Narrator(say=say, show_progress=show_progress)
    with results_folder(folder):
        frame = _frame(data)
        forecaster = _forecaster(data, options)
        _share_work(options["hidden_size"])
        forecaster.callbacks = narrator.callbacks(forecaster)
        started = clock.perf_counter()
        forecaster.fit(frame, **columns)
        fitted = clock.perf_counter() - started
        narrator.notes(forecaster)
        title = "sine, the reference case" if data is None else data.name
        try:
            if forecaster.evaluation_ is None:
                raise KeyboardInterrupt
            files, figures = _results(forecaster, title, fitted)
        except KeyboardInterrupt:
            publish(folder, {UNFINISHED: stored.pack(forecaster)})
            narrator.interrupted(forecaster, folder / UNFINISHED)
            raise typer.Exit(INTERRUPTED) from None
        publish(folder, files)
    narrator.results(forecaster, figures, folder)
    if explain_kernel:
        narrator.kernels(forecaster)
    if as_json:
        typer.echo(files["metrics.json"].decode())


UNFINISHED = "interrupted.safetensors"
"""The model of a run that was cut short, beside the results of an earlier run if there are any."""

WIDE = 256
"""Layers of fewer units are done sooner by one thread than by several that wait for each other."""


def _share_work(sizes: tuple[int, ...]) -> None:
    """Leaves narrow networks to one thread, unless the user has said how many to use."""
    import torch

    if "OMP_NUM_THREADS" not in os.environ and max(sizes) < WIDE:
        torch.set_num_threads(1)


def _frame(data: Path | None) -> Any:
    if data is None:
        from recurra.forecasting.demo import sine

        return sine()
    from recurra.forecasting.files import read_table

    return read_table(data)


def _forecaster(data: Path | None, options: dict[str, Any]) -> Forecaster:
    from recurra.forecasting import Forecaster, demo

    if data is not None:
        return Forecaster(**options)
    one_step = options["strategy"] == "one-step"
    reference = {"lookback": demo.LOOKBACK, "horizon": 1 if one_step else demo.HELD_OUT}
    chosen = {**reference, **{name: value for name, value in options.items() if value is not None}}
    return Forecaster(**chosen, validation=demo.HELD_OUT, test=demo.HELD_OUT)


def _results(
    forecaster: Forecaster, title: str, fitted: float
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files, and the figures in them."""
    import json
    from importlib.metadata import version

    from recurra.forecasting import stored
    from recurra.forecasting.pictures import draw_forecast
    from recurra.forecasting.report import render
    from recurra.forecasting.results import Seconds, metrics

    started = clock.perf_counter()
    predicted = forecaster.predict()
    seconds = Seconds(fitted, clock.perf_counter() - started)
    figures = metrics(forecaster, seconds)
    picture = draw_forecast(forecaster)
    page = render(
        forecaster,
        figures,
        title=f"{forecaster.clock_.columns.target} in {title}",
        predicted=predicted,
        picture=picture,
        command=shlex.join(["recurra", *sys.argv[1:]]),
        version=version("recurra"),
    )
    files = {
        "forecast.csv": predicted.write_csv().encode(),
        "metrics.json": json.dumps(figures, indent=2, allow_nan=False).encode(),
        "history.csv": forecaster.history_.to_csv().encode(),
        "model.safetensors": stored.pack(forecaster),
        "forecast.png": picture,
        "report.html": page.encode(),
    }
    return files, figures


def _sizes(layers: str) -> tuple[int, ...]:
    try:
        sizes = tuple(int(part) for part in layers.split(","))
    except ValueError:
        sizes = ()
    if not sizes or min(sizes) < 1:
        raise OptionError(
            f"--layers {layers}",
            "whole numbers of at least 1 with commas between",
            "--layers 50,100",
        )
    return sizes
