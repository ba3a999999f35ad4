"""``recurra backtest``: how far forecasts would have been off, from origin to origin."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import elsewhere, keeping
from recurra.cli import model_options as options
from recurra.cli.counting_bar import CountingBar, counting_bar
from recurra.cli.reporting import FAILED, INTERRUPTED, reported
from recurra.errors import OptionError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from rich.console import Console

    from recurra.forecasting import Forecaster
    from recurra.forecasting.backtest import Audit, Backtest

WINDOWS = "windows"
"""The folder, in that of the results, where finished windows are kept."""


@reported
def backtest(
    data: Annotated[Path, typer.Argument(help="A CSV (also .gz) or Parquet file.", metavar="DATA")],
    time: options.Time = None,
    target: options.Target = None,
    id: options.Id = None,  # noqa: A002
    horizon: options.Horizon = None,
    windows: Annotated[int, typer.Option(help="From how many origins.")] = 5,
    step: Annotated[
        int | None, typer.Option(help="Steps between origins. [default: the horizon]")
    ] = None,
    refit: Annotated[
        bool, typer.Option("--refit/--no-refit", help="Fit anew at each origin, or only once.")
    ] = False,
    refit_every: Annotated[
        int | None, typer.Option(help="Fit anew at every so many origins.", metavar="N")
    ] = None,
    level: options.Level = None,
    season: Annotated[int | None, typer.Option(help="Steps in a season. [default: found]")] = None,
    baselines: Annotated[
        str | None,
        typer.Option(
            help="Of naive, seasonal_naive, drift, naive2, auto_ets, auto_theta. [default: all "
            "that there are]"
        ),
    ] = None,
    audit: Annotated[
        bool, typer.Option("--audit", help="Look for leaks of the future instead.")
    ] = False,
    lookback: options.Lookback = None,
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
    workers: elsewhere.Workers = None,
    ray: elsewhere.Ray = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the results. [default: recurra-backtest-NAME]", metavar="DIR"
        ),
    ] = None,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON and nothing else.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Forecast DATA from rolling origins in its past, and judge what was forecast.

    Each forecast is made from what was known at its origin and compared with what came, beside
    simple rules and, where statsforecast is installed, AutoETS and AutoTheta.

    DIR gets forecasts.csv, scores.csv, metrics.json, errors.png, forecasts.png and report.html, and
    keeps finished windows and the fit at work: given again after an interruption or a kill, with
    the same DATA and options, the command goes on where it stopped.

    With --workers or --ray, models that are fitted anew at each origin are fitted at a time, by as
    many processes or by a Ray cluster; so are groups and the networks of an ensemble where there is
    one fit. The figures are the same. Then finished windows are kept, and with --workers
    the fit at work where there is one; others are made again.

    With --audit a model is fitted several times on DATA with another future, which must change
    nothing that was forecast or learned before it; a few epochs are enough.
    """
    elsewhere.refuse_beside(workers, ray, audit=audit)
    made = options.made_of(locals())
    if refit and refit_every is not None:
        raise OptionError("both --refit and --refit-every", "one of them")
    if refit_every is not None and refit_every < 1:
        raise OptionError(
            f"--refit-every {refit_every}",
            "a whole number of windows, at least 1",
            "leave it out to fit only once",
        )
    course: dict[str, Any] = {
        "n_windows": windows,
        "step_size": step,
        "level": options.levels(level),
        "id": id,
        "time": time,
        "target": target,
    }
    options.share_work(made["hidden_size"])
    say, show = not (quiet or as_json), not quiet
    if audit:
        _audit(data, made, course, say=say, as_json=as_json)
        return
    course |= {"refit": refit_every if refit_every is not None else refit, "season": season}
    course |= {"baselines": None if baselines is None else baselines.split(",")}
    folder = out or Path(f"recurra-backtest-{data.name.partition('.')[0]}")
    every = keeping.seconds_of(checkpoint_every, "--checkpoint-every")
    # The machines of a cluster need not see the folder.
    course |= {"checkpoint_every": every if ray is None else None, "verbose": int(show)}
    with elsewhere.fits_elsewhere(workers, ray, show=False) as executor:
        done = _run(data, made, course, folder, show=show, executor=executor)
    if say:
        _tell(done, folder)
    if as_json:
        typer.echo(_json(done.to_json()))


def _run(
    data: Path,
    made: dict[str, Any],
    course: dict[str, Any],
    folder: Path,
    *,
    show: bool,
    executor: Executor | None,
) -> Backtest:
    from recurra.cli.folder import publish, results_folder
    from recurra.forecasting import Forecaster
    from recurra.forecasting.backtest import backtest as run
    from recurra.forecasting.files import read_table

    with results_folder(folder):
        frame = read_table(data)
        forecaster, kept = Forecaster(**made), folder / WINDOWS
        with _progress(show=show) as (watch, epochs):
            try:
                done = run(
                    forecaster,
                    frame,
                    folder=kept,
                    watch=watch,
                    epochs=epochs,
                    executor=executor,
                    **course,
                )
            except KeyboardInterrupt:
                _interrupted(kept)
                raise typer.Exit(INTERRUPTED) from None
        publish(folder, _files(done, data, forecaster))
    return done


def _interrupted(kept: Path) -> None:
    count = len([*kept.glob("window-*.npz")])
    windows = "1 finished window is" if count == 1 else f"{count} finished windows are"
    parts = [windows] * bool(count)
    parts += ["the fit at work is"] * any(kept.glob("fit-*/**/*.safetensors"))
    if not parts:
        typer.echo("Interrupted before the first window was finished: nothing was kept.", err=True)
        return
    told = ", ".join(parts)
    typer.echo(
        f"Interrupted. {told[0].upper()}{told[1:]} kept in {kept}: the same command goes on from "
        "there.",
        err=True,
    )


def _files(done: Backtest, data: Path, forecaster: Forecaster) -> dict[str, bytes]:
    from importlib.metadata import version

    import narwhals as nw

    from recurra.forecasting.backtest.pictures import draw_errors, draw_windows
    from recurra.forecasting.backtest.report import render

    errors, windows = draw_errors(done), draw_windows(done)
    page = render(
        done,
        title=f"{done.course.panel.columns.target} in {data.name}",
        forecaster=repr(forecaster),
        command=shlex.join(["recurra", *sys.argv[1:]]),
        version=version("recurra"),
        errors=errors,
        windows=windows,
    )
    return {
        "forecasts.csv": str(nw.from_native(done.frame()).write_csv()).encode(),
        "scores.csv": done.scores.by_series.write_csv().encode(),
        "metrics.json": _json(done.to_json()).encode(),
        "errors.png": errors,
        "forecasts.png": windows,
        "report.html": page.encode(),
    }


def _audit(
    data: Path, made: dict[str, Any], course: dict[str, Any], *, say: bool, as_json: bool
) -> None:
    from recurra.forecasting import Forecaster
    from recurra.forecasting.backtest import audit
    from recurra.forecasting.files import read_table

    # Each origin costs a fit; two show whether an update leaks as well.
    windows = min(course["n_windows"], 2)
    frame = read_table(data)
    found = audit(lambda _: Forecaster(**made), frame, **{**course, "n_windows": windows})
    if say:
        _tell_audit(found)
    if as_json:
        typer.echo(_json(found.to_json()))
    if not found.passed:
        raise typer.Exit(FAILED)


def _json(figures: Mapping[str, Any]) -> str:
    import json

    return json.dumps(figures, indent=2, allow_nan=False)


# What is said ------------------------------------------------------------------------------------


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


def _tell(done: Backtest, folder: Path) -> None:
    """What was inferred, the figures, the verdict, and where the rest lies."""
    from rich.table import Table

    from recurra.forecasting.backtest.pictures import SHORT
    from recurra.forecasting.backtest.report import METRICS, figure

    console = _console()
    for note in done.notes:
        console.print(f"- {note}", markup=False)
    table = Table(title="Errors over all windows", title_justify="left")
    for name in ("forecast", *METRICS.values()):
        table.add_column(name, justify="left" if name == "forecast" else "right")
    for row in done.scores.overall.iter_rows(named=True):
        table.add_row(SHORT[row["model"]], *(figure(row[name]) for name in METRICS))
    console.print(table)
    own = done.scores.of("recurra")
    for percent in done.course.level:
        held, width = own[f"coverage-{percent:g}"], own[f"width-{percent:g}"]
        console.print(f"{percent:g}% intervals held {figure(held)}%, mean width {figure(width)}")
    console.print(done.verdict, markup=False, style="bold")
    console.print(f"Report: {folder / 'report.html'}", markup=False)


def _tell_audit(found: Audit) -> None:
    console = _console()
    for finding in found.findings:
        outcome = "leak" if finding.leaks else "not made" if finding.skipped else "the same"
        console.print(f"- {finding.experiment}: {outcome}", markup=False)
        for line in (*finding.leaks, *([finding.skipped] if finding.skipped else [])):
            console.print(f"    {line}", markup=False)
    console.print(found.verdict, markup=False, style="bold")


@contextmanager
def _progress(*, show: bool) -> Iterator[Any]:
    """A bar over the windows on standard error, and the epochs of the fit at work."""
    if not show:
        yield None, ()
        return
    with counting_bar("window 1") as bar:

        def windows(done: int, total: int) -> None:
            bar.count(f"window {done} of {total}", done, total)

        yield windows, (_epochs(bar),)


def _epochs(bar: CountingBar) -> Any:
    """A callback that shows the epochs of a fit, and the trials of a search, beside the windows."""
    from recurra.forecasting.segments.search.watching import SearchWatch, Standing
    from recurra.training import Trainer

    class Epochs(SearchWatch):
        def on_search_step(self, standing: Standing) -> None:
            bar.tell(f"window {bar.done + 1}: trial {standing.trial} of a search")

        def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
            bar.tell(f"window {bar.done + 1}: epoch {epoch + 1} of {trainer.epochs}")

    return Epochs()
