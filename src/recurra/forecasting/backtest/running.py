"""From a forecaster and a table to a backtest."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting import season as seasons
from recurra.forecasting.backtest.apart import roll_apart
from recurra.forecasting.backtest.forecasts import Forecasts
from recurra.forecasting.backtest.judged import Judged
from recurra.forecasting.backtest.kept import Kept, describe
from recurra.forecasting.backtest.model import Model, anew, check_model, takes_checkpoint
from recurra.forecasting.backtest.planning import listed, plan
from recurra.forecasting.backtest.results import Backtest, own_columns
from recurra.forecasting.backtest.rivals import check_names, compete
from recurra.forecasting.backtest.rolling import Course, Watch, roll
from recurra.forecasting.backtest.scores import check_installed, score
from recurra.forecasting.backtest.verdict import judge
from recurra.forecasting.frames import to_frame
from recurra.forecasting.metrics import mase_scale
from recurra.forecasting.plan import check_counts
from recurra.training import Callback


def cross_validation(  # noqa: PLR0917 - the order in which Nixtla has them
    forecaster: Model,
    df: Any,
    n_windows: int = 5,
    step_size: int | None = None,
    refit: bool | int = False,
    level: Sequence[float] | None = None,
    *,
    horizon: int | None = None,
    covariates: Mapping[str, Sequence[str]] | None = None,
    id: str | None = None,  # noqa: A002 - the word of the field
    time: str | None = None,
    target: str | None = None,
) -> Any:
    """Forecasts from rolling origins, each from what lies before it.

    Args, origins and errors are those of :func:`backtest`. The forecaster given stays as it is:
    copies with its parameters are fitted.

    Returns:
        A frame of the kind that came in: ``unique_id``, ``ds``, ``cutoff`` (the last time known
        when the forecast was made), ``y`` (what came; missing where nothing was observed),
        ``recurra``, and for each level, as 80, ``recurra-lo-80`` and ``recurra-hi-80``. K rows a
        series and origin, in the order of time. Series that were left out are named in a warning.
    """
    made = _forecast(
        forecaster,
        df,
        _Wishes(horizon, n_windows, step_size, refit, level, covariates),
        columns={"id": id, "time": time, "target": target},
    )
    for note in made.cautions:
        warnings.warn(note, UserWarning, stacklevel=2)
    columns = own_columns(made.course, made.forecasts, _truth(made.course))
    return to_frame(columns, made.course.past.backend)


def backtest(
    forecaster: Model,
    df: Any,
    *,
    horizon: int | None = None,
    n_windows: int = 5,
    step_size: int | None = None,
    refit: bool | int = False,
    level: Sequence[float] | None = None,
    season: int | None = None,
    baselines: Sequence[str] | None = None,
    covariates: Mapping[str, Sequence[str]] | None = None,
    id: str | None = None,  # noqa: A002
    time: str | None = None,
    target: str | None = None,
    folder: str | Path | None = None,
    watch: Watch | None = None,
    epochs: Sequence[Callback] = (),
    checkpoint_every: float | None = 60.0,
    verbose: int = 0,
    executor: Executor | None = None,
) -> Backtest:
    """Forecasts from rolling origins, and judges what was forecast beside baselines.

    Origins are counted back from the last observed value of each series, on the grid of times of
    the panel. Where series end at different times, so do their origins lie: the forecast of one may
    then have been learned beside later times of another. Series too short for the first origin are
    left out, and a note says so.

    Args:
        forecaster: Anything with ``fit``, ``update``, ``predict`` and ``get_params``. It stays as
            it is: copies with its parameters are fitted.
        df: A long frame of pandas, polars or pyarrow, a row a series and time.
        horizon: K, steps ahead; None for that of the forecaster, or if it has none for what the
            frequency suggests.
        n_windows: W, from how many origins.
        step_size: Steps from one origin to the next; None for the horizon.
        refit: False: fitted once, on what lies before the first origin; at later ones it only gets
            the newer history. True: fitted anew at each origin. n: at every n-th.
        level: Percents, at least 1 and below 100, to ask intervals for.
        season: m, in steps; None for the season that most of the longest series have before the
            first origin.
        baselines: See :func:`~recurra.forecasting.backtest.rivals.compete`.
        covariates: Names of columns by their role, as ``{"past": ["temperature"], "future":
            ["price"], "static": ["shop"]}``: parameters of the forecaster, or else keywords of its
            fit. None: those that the forecaster was made to read. Those under "future" are known
            ahead: its predict gets them as ``future=``.
        id: The column that names the series. None: found, if there is one.
        time: The column of times. None: found; without any, rows are in order.
        target: The column to forecast. None: found, if only one can be meant.
        folder: Where finished windows are kept, and the fit at work, if its ``fit`` takes a
            ``checkpoint``; of fits that an executor makes, only one that all windows share. A
            backtest that was interrupted or killed goes on from there when it is given again with
            the same data and settings. A model that later windows need and that is not kept is
            fitted again, which with the same seed gives the same.
        watch: Called with how many windows are done, and of how many.
        epochs: Callbacks that look on while a model learns: ``watch=`` of the forecaster's fit.
        checkpoint_every: Seconds from one checkpoint of a fit to the next, above 0. None keeps
            finished windows alone, as where an executor's processes do not see the folder.
        verbose: 1 says on stderr where a fit goes on, 0 does not.
        executor: Who makes the fits, such as :func:`recurra.executors.opened` gives; ``epochs`` do
            not look on then. None: this process, one after the other. The figures are the same.

    Raises:
        DataError: If the table cannot be used, or no series is long enough.
        OptionError: If an option is out of range, the folder holds windows of another backtest, or
            utilsforecast is not installed.
        KeyboardInterrupt: If the user stopped it.
    """
    # What can be wrong is known before the long part.
    check_counts(season=season)
    check_installed()
    if baselines is not None:
        check_names(baselines)
    made = _forecast(
        forecaster,
        df,
        _Wishes(horizon, n_windows, step_size, refit, level, covariates),
        columns={"id": id, "time": time, "target": target},
        folder=folder,
        watch=watch,
        epochs=epochs,
        fits=(checkpoint_every, verbose),
        executor=executor,
    )
    course = made.course
    found, told = (season, []) if season else _season(course)
    rivals = compete(course, found, baselines)
    judged = _judged(made, rivals.forecasts, found)
    scores = score(judged)
    notes = (*course.panel.notes, *made.notes, *made.cautions, *told, *rivals.notes)
    return Backtest(course, judged, found, scores, judge(judged, scores, course.origins), notes)


@dataclass(frozen=True)
class _Wishes:
    """What the user set."""

    horizon: int | None
    n_windows: int
    step_size: int | None
    refit: bool | int
    level: Sequence[float] | None
    covariates: Mapping[str, Sequence[str]] | None


@dataclass(frozen=True)
class _Made:
    """Forecasts, of what, and what is to be said about it; cautions change what figures mean."""

    course: Course
    forecasts: Forecasts
    notes: tuple[str, ...]
    cautions: tuple[str, ...]


def _forecast(
    forecaster: Model,
    df: Any,
    wishes: _Wishes,
    columns: dict[str, str | None],
    *,
    folder: str | Path | None = None,
    watch: Watch | None = None,
    epochs: Sequence[Callback] = (),
    fits: tuple[float | None, int] = (60.0, 0),
    executor: Executor | None = None,
) -> _Made:
    check_model(forecaster)
    course, notes, cautions = plan(forecaster, df, columns, **vars(wishes))
    horizon = course.origins.horizon
    kept = None if folder is None else Kept(Path(folder), _settings(forecaster, course))
    start = partial(anew, forecaster, horizon, course.covariates)
    keep, (every, verbose) = None, fits
    if kept is not None and every is not None and takes_checkpoint(forecaster):
        keep = partial(kept.fit_at, every=every, verbose=verbose)
    if executor is None:
        beside = {"watch": epochs} if epochs else {}
        forecasts = roll(start, course, kept, watch, beside=beside, keep_fit=keep)
    else:
        forecasts = roll_apart(executor, start, course, kept, watch, keep_fit=keep)
    course, forecasts, left_out = _complete(course, forecasts)
    found = [] if kept is None else kept.notes
    return _Made(course, forecasts, (*notes, *found), (*cautions, *left_out))


def _complete(course: Course, forecasts: Forecasts) -> tuple[Course, Forecasts, list[str]]:
    """Without the series that the forecaster left out at one of the origins."""
    whole = np.asarray(np.isfinite(forecasts.point).all(axis=(1, 2)))
    if whole.all():
        return course, forecasts, []
    pairs = zip(course.panel.series, whole, strict=True)
    lost = [one.id for one, kept in pairs if not kept]
    if not whole.any():
        raise DataError(
            f"The forecaster gave no forecast of any of {len(lost)} series at every origin.",
            "a finite forecast of at least one series from each origin",
            "give longer histories, or fewer windows",
        )
    series = tuple(one for one, kept in zip(course.panel.series, whole, strict=True) if kept)
    rest = replace(course, panel=replace(course.panel, series=series))
    told = f"{listed(lost)} left out: the forecaster gave no forecast of it at every origin"
    return rest, forecasts[whole], [told]


def _judged(made: _Made, rivals: dict[str, Any], season: int) -> Judged:
    course = made.course
    scale = [
        [mase_scale(one.values[:end], season) for end in known]
        for one, known in zip(course.panel.series, course.known, strict=True)
    ]
    return Judged(
        tuple(course.names), _truth(course), made.forecasts, rivals, np.array(scale, np.float64)
    )


def _truth(course: Course) -> NDArray[np.float64]:
    """What came, (S, W, K), NaN where nothing was observed."""
    ahead, truth = np.arange(course.origins.horizon), []
    for one, known in zip(course.panel.series, course.known, strict=True):
        values = np.where(one.observed, one.values, np.nan)
        truth.append(values[known[:, None] + ahead])
    return np.stack(truth)


def _season(course: Course) -> tuple[int, list[str]]:
    """The season of the panel before the first origin."""
    pairs = zip(course.panel.series, course.known[:, 0], strict=True)
    histories = [one.values[:end] for one, end in pairs if end > 0]
    season, told = seasons.infer_shared(histories, course.panel.frequency)
    return season, [told]


def _settings(forecaster: Model, course: Course) -> dict[str, str]:
    origins = course.origins
    return describe(
        {**forecaster.get_params(), "forecaster": type(forecaster).__qualname__},
        course.past.table,
        horizon=origins.horizon,
        n_windows=origins.windows,
        step_size=origins.step,
        refit_every=course.every,
        level=course.level,
        covariates=dict(course.covariates),
    )
