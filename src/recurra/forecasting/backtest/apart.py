"""Windows of a backtest forecast by other processes."""

from __future__ import annotations

import inspect
from collections.abc import Container
from concurrent.futures import Executor, as_completed
from functools import partial

from recurra.executors.results import submitted
from recurra.forecasting.backtest.forecasts import Forecasts
from recurra.forecasting.backtest.kept import Kept
from recurra.forecasting.backtest.rolling import (
    Course,
    KeepFit,
    Start,
    Watch,
    roll,
    windows_of,
)


def roll_apart(
    executor: Executor,
    start: Start,
    course: Course,
    kept: Kept | None = None,
    watch: Watch | None = None,
    *,
    keep_fit: KeepFit | None = None,
) -> Forecasts:
    """Forecasts from every origin, the windows of each fit by a process of its own.

    Where there is only one fit to make, its groups and networks are learned by other processes, if
    the forecaster has that.

    Args:
        executor: Who does it.
        start: Makes an unfitted forecaster; picklable.
        course: What is forecast.
        kept: Where finished windows are kept, and found again.
        watch: Told of every finished window.
        keep_fit: Gives where the only fit is kept. Of several none is: each costs a few windows.

    Returns:
        What :func:`~recurra.forecasting.backtest.rolling.roll` would.
    """
    total, every = course.origins.windows, course.every
    if total <= every:
        takes = "executor" in inspect.signature(start().fit).parameters
        beside = {"executor": executor} if takes else {}
        return roll(start, course, kept, watch, beside=beside, keep_fit=keep_fit)
    read = {} if kept is None else {window: kept.read(window) for window in range(total)}
    found = {window: one for window, one in read.items() if one is not None}
    missing = _missing(found, total, every)
    calls = [partial(windows_of, start, course, windows) for windows in missing]
    with submitted(executor, calls) as futures:
        wanted = dict(zip(futures, missing, strict=True))
        for future in as_completed(wanted):
            for window, one in zip(wanted[future], future.result(), strict=True):
                if kept is not None:
                    kept.write(window, one)
                found[window] = one
                if watch is not None:
                    watch(len(found), total)
    if kept is not None:
        kept.clear_fits(total)
    return Forecasts.stack([found[window] for window in range(total)])


def _missing(found: Container[int], total: int, every: int) -> list[list[int]]:
    """The windows that are still to be made, those of each fit together."""
    fits = (range(first, min(first + every, total)) for first in range(0, total, every))
    missing = ([window for window in fit if window not in found] for fit in fits)
    return [windows for windows in missing if windows]
