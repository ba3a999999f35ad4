"""``recurra forecast``: from a table to a forecast."""

from __future__ import annotations

import shlex
import sys
import time as clock
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import elsewhere, keeping
from recurra.cli import model_options as options
from recurra.cli.processes import leave_to_first
from recurra.cli.reporting import INTERRUPTED, reported
from recurra.errors import OptionError

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from recurra.forecasting import Forecaster
    from recurra.training import Checkpoint


@reported
def forecast(
    data: Annotated[
        Path | None, typer.Argument(help="A CSV (also .gz) or Parquet file.", metavar="DATA")
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Forecast the reference case, a sine, instead of DATA.")
    ] = False,
    time: options.Time = None,
    target: options.Target = None,
    id: options.Id = None,  # noqa: A002
    horizon: options.Horizon = None,
    lookback: options.Lookback = None,
    level: options.Level = None,
    quantiles: options.Quantiles = None,
    samples: options.Samples = None,
    cell: options.CellName = None,
    layers: options.Layers = None,
    strategy: options.StrategyName = None,
    epochs: options.Epochs = None,
    steps: options.Steps = None,
    ensemble: options.Ensemble = None,
    seasonality: options.SeasonalityName = None,
    dilation: options.Dilation = None,
    head: options.Head = None,
    batch_size: options.BatchSize = None,
    optimizer: options.OptimizerName = None,
    learning_rate: options.LearningRate = None,
    static: options.Static = None,
    past: options.Past = None,
    future: options.Future = None,
    categorical: options.Categorical = None,
    calendar: options.Calendar = False,
    holidays: options.Holidays = None,
    auto: options.Auto = None,
    by: options.By = None,
    seed: options.Seed = 0,
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
    workers: elsewhere.Workers = None,
    ray: elsewhere.Ray = None,
    resume: keeping.Resume = False,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
) -> None:
    """Forecast the series in DATA, and say how far the forecast can be trusted.

    Columns, frequency and season that are not named are found, and what was found is printed.

    DIR gets forecast.csv, metrics.json, history.csv, model.safetensors, forecast.png and
    report.html.

    A run of more than a minute can be stopped, or killed, and goes on with --resume. With --workers
    or --ray, groups and the networks of an ensemble are learned at a time, by as many processes or
    by a Ray cluster; with --ray nothing is kept of a run that is stopped.
    """
    elsewhere.refuse_beside(None, ray, resume=resume)
    if (data is None) != demo:
        raise OptionError(
            "neither DATA nor --demo" if data is None else f"both {data} and --demo",
            "a file to forecast, or --demo",
            "recurra forecast sales.csv",
        )
    made = options.made_of(locals())
    columns = {"id": id, "time": time, "target": target}
    name = "demo" if data is None else data.name.partition(".")[0]
    folder = out or Path(f"recurra-{name}")
    kept = keeping.Kept.asked(checkpoint_every, resume=resume, quiet=quiet)
    _run(
        data,
        made,
        columns,
        {
            "level": options.levels(level),
            "quantiles": options.shares(quantiles),
            "samples": samples,
        },
        folder=folder,
        # The machines of a cluster need not see the checkpoints; those of another run stay there.
        kept=kept.run(folder / CHECKPOINT) if ray is None else nullcontext(),
        resume=resume,
        executing=elsewhere.fits_elsewhere(workers, ray, show=not quiet),
        say=not (quiet or as_json),
        show_progress=not quiet,
        as_json=as_json,
        explain_kernel=explain_kernel,
    )


def _run(
    data: Path | None,
    made: dict[str, Any],
    columns: dict[str, str | None],
    asked: dict[str, Any],
    *,
    folder: Path,
    kept: AbstractContextManager[Checkpoint | None],
    resume: bool,
    executing: AbstractContextManager[Executor | None],
    say: bool,
    show_progress: bool,
    as_json: bool,
    explain_kernel: bool,
) -> None:
    from recurra.cli.covariates import KnownAhead
    from recurra.cli.folder import publish, results_folder
    from recurra.cli.narration import Narrator
    from recurra.forecasting import stored
    from recurra.forecasting.uncertainty.columns import Asked

    narrator = Narrator(say=say, show_progress=show_progress)
    # What cannot be given is known before the long part.
    Asked.of(**asked)
    with results_folder(folder), kept as checkpoint:
        frame = _frame(data)
        forecaster = _forecaster(data, made)
        options.share_work(made["hidden_size"])
        started = clock.perf_counter()
        watch = [*narrator.watch(forecaster), KnownAhead(forecaster)]
        with executing as executor:
            forecaster.fit(frame, watch=watch, checkpoint=checkpoint, executor=executor, **columns)
        leave_to_first()
        fitted = clock.perf_counter() - started
        narrator.notes(forecaster)
        title = "sine, the reference case" if data is None else data.name
        try:
            if forecaster.evaluation_ is None:
                raise KeyboardInterrupt
            files, figures = _results(forecaster, title, fitted, asked)
        except KeyboardInterrupt:
            publish(folder, {UNFINISHED: stored.pack(forecaster)})
            narrator.interrupted(forecaster, folder / UNFINISHED)
            raise typer.Exit(INTERRUPTED) from None
        publish(folder, files)
        if resume:
            (folder / UNFINISHED).unlink(missing_ok=True)
    narrator.results(forecaster, figures, folder)
    if explain_kernel:
        narrator.kernels(forecaster)
    if as_json:
        typer.echo(files["metrics.json"].decode())


CHECKPOINT = "checkpoint"
"""Within the folder of the results."""

UNFINISHED = "interrupted.safetensors"
"""The model of a run that was cut short, beside the results of an earlier run if there are any."""


def _frame(data: Path | None) -> Any:
    if data is None:
        from recurra.forecasting.demo import sine

        return sine()
    from recurra.forecasting.files import read_table

    return read_table(data)


def _forecaster(data: Path | None, made: dict[str, Any]) -> Forecaster:
    from recurra.forecasting import Forecaster, demo

    if data is not None:
        return Forecaster(**made)
    one_step = made["strategy"] == "one-step"
    reference = {
        "lookback": demo.LOOKBACK,
        "horizon": 1 if one_step else demo.HELD_OUT,
        "strategy": "recursive",
    }
    chosen = {**reference, **{name: value for name, value in made.items() if value is not None}}
    return Forecaster(**chosen, validation=demo.HELD_OUT, test=demo.HELD_OUT)


def _results(
    forecaster: Forecaster, title: str, fitted: float, asked: dict[str, Any]
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files, and the figures in them."""
    import json
    from importlib.metadata import version

    from recurra.forecasting import stored
    from recurra.forecasting.pictures import draw_forecast
    from recurra.forecasting.report import render
    from recurra.forecasting.results import Seconds, metrics

    started = clock.perf_counter()
    predicted = forecaster.predict(**asked)
    seconds = Seconds(fitted, clock.perf_counter() - started)
    figures = metrics(forecaster, seconds)
    picture = draw_forecast(forecaster, predicted)
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
