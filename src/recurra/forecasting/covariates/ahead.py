"""The covariates that a forecast is made from: the last steps of each series, and the next."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting.covariates.block import Block
from recurra.forecasting.covariates.covariates import Covariates
from recurra.forecasting.covariates.future import Ends, read_future
from recurra.forecasting.covariates.holidays import Holidays
from recurra.forecasting.covariates.placing import Layout, Placed

Bools = NDArray[np.bool_]


def look_ahead(
    covariates: Covariates,
    lookback: int,
    horizon: int,
    future: Any = None,
    needed: int | None = None,
) -> Covariates:
    """The last ``lookback`` steps of every series and exactly the next ``horizon``.

    Where a frame says something else than rows of the fitted table behind the last observed target,
    the frame counts.

    Args:
        covariates: Up to the end of each series.
        lookback: L, at least 1 and at most the length of every series.
        horizon: K, at least 1.
        future: A frame of known-future values with the columns of id, time and all that are known
            ahead; None if the fitted table had them, or none are needed.
        needed: How many of the next steps must be there, from 1 to K; None for all.

    Returns:
        Covariates of L + K steps a series; ``windows(L, K)[series, 0]`` is what to forecast from.
        Its notes are those of the frame.

    Raises:
        DataError: If a known-future column ends early: the last step needed is empty or absent. If
            the frame lacks a column, cannot be read, has times in another zone, two rows of one
            series and time, or a series that was not fitted.
        OptionError: If a frame is given and no column is known ahead.
    """
    notes: list[str] = []
    tail = _with_rooms(covariates.last(lookback), horizon)
    if future is not None:
        _take(tail, future, horizon, notes)
    _check_complete(tail, needed or horizon)
    code = tail.encoding.holidays
    notes += Holidays(code).notes(tail.timeline.times) if code else []
    return replace(tail, notes=tuple(notes))


def _with_rooms(covariates: Covariates, room: int) -> Covariates:
    """The same with ``room`` points behind each series, cut or empty where there were none."""
    names = covariates.encoding.roles.future
    rooms = np.full(len(covariates.ids), room)
    layout = Layout.of(covariates.lengths + rooms)
    kept = covariates.lengths + np.minimum(covariates.rooms, rooms)
    future = Block.empty(layout.size, covariates.encoding, names)
    there = np.flatnonzero(covariates.future_layout.inside(kept))
    future.put(np.flatnonzero(layout.inside(kept)), covariates.future[there])
    return replace(covariates, rooms=rooms, future=future)


def _take(tail: Covariates, future: Any, horizon: int, notes: list[str]) -> None:
    """Writes what a frame says into the room of each series."""
    ends = Ends(tail.ids, tail.origins, tail.firsts + tail.lengths, tail.left_out)
    table, found = read_future(future, tail.encoding, ends, horizon, notes)
    placed = Placed.of(Layout.of(tail.rooms), found)
    names = tail.encoding.roles.future
    block = Block.read(table, placed, tail.encoding, names, notes, counted=_reached(placed))
    tail.future.put(np.flatnonzero(_behind(tail)), block)


def _reached(placed: Placed) -> Bools:
    """Where rows stand: absent ones at the end are an error of their own, told better there."""
    reached = np.zeros(placed.size, bool)
    reached[placed.cells] = True
    return reached


def _behind(tail: Covariates) -> Bools:
    """The points ahead, in series end to end with room."""
    return ~tail.future_layout.inside(tail.lengths)


def _check_complete(tail: Covariates, needed: int) -> None:
    """Raises a DataError if a known-future column is empty at the last of these steps."""
    encoding, names = tail.encoding, tail.encoding.roles.future
    behind = _behind(tail) if names else np.zeros(0, bool)
    for columns, seen in (
        (encoding.numeric(names), tail.future.seen),
        (encoding.categorical(names), tail.future.coded),
    ):
        for number, name in enumerate(columns):
            there = seen[behind, number].reshape(len(tail.ids), -1)[:, :needed]
            if not there[:, -1].all():
                raise _ends_early(tail, name, there)


def _ends_early(tail: Covariates, name: str, there: Bools) -> DataError:
    """What to say of a column whose values are there (S, K) but not at the last step."""
    horizon = there.shape[1]
    reach = np.where(there.any(1), horizon - there[:, ::-1].argmax(1), 0)
    short = np.flatnonzero(reach < horizon)
    number = int(short[reach[short].argmin()])
    steps, end = int(reach[number]), int(tail.firsts[number] + tail.lengths[number])
    until = f"{steps:,}, until {_time(tail, number, end + steps - 1)}" if steps else "none"
    others = f" {len(short):,} series have fewer;" if len(short) > 1 else ""
    last = _time(tail, number, end + horizon - 1)
    ahead = "step" if horizon == 1 else f"{horizon:,} steps"
    return DataError(
        f"The known-future column {name!r} ends early: of the next {ahead}{others} the series "
        f"{tail.ids[number]!r} has {until}.",
        f"values from {_time(tail, number, end)} to {last}" if horizon > 1 else f"one at {last}",
        "give those rows in the table, or with predict's future=/--future"
        + (f", or forecast {steps:,} steps" if steps else "")
        + f"; if {name} is not known ahead, fit with it as past=",
    )


def _time(tail: Covariates, series: int, step: int) -> str:
    encoding = tail.encoding
    times = encoding.frequency.times(tail.origins[series], np.array([step]))
    return str(encoding.style.render(times)[0])
