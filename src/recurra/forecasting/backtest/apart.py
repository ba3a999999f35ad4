"""Windows of a backtest forecast by other processes."""

from __future__ import annotations

import inspect
from concurrent.futures import Executor, as_completed

from recurra.forecasting.backtest.forecasts import Forecasts
from recurra.forecasting.backtest.kept import Kept
from recurra.forecasting.backtest.rolling import Course, Start, Watch, roll, windows_of


def roll_apart(
    executor: Executor,
    start: Start,
    course: Course,
    kept: Kept | None = None,
    watch: Watch | None = None,
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

    Returns:
        What :func:`~recurra.forecasting.backtest.rolling.roll` would.
    """
    total, every = course.origins.windows, course.every
    if total <= every:
        takes = "executor" in inspect.signature(start().fit).parameters
        beside = {"executor": executor} if takes else {}
        return roll(start, course, kept, watch, beside=beside)
    read = {} if kept is None else {window: kept.read(window) for window in range(total)}
    found = {window: one for window, one in read.items() if one is not None}
    futures = {}
    for first in range(0, total, every):
        missing = [n for n in range(first, min(first + every, total)) if n not in found]
        if missing:
            futures[executor.submit(windows_of, start, course, missing)] = missing
    for future in as_completed(futures):
        for window, one in zip(futures[future], future.result(), strict=True):
            if kept is not None:
                kept.write(window, one)
            found[window] = one
            if watch is not None:
                watch(len(found), total)
    return Forecasts.stack([found[window] for window in range(total)])
