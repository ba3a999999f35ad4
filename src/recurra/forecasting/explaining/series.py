"""From a forecaster and one of its series to an explanation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import OptionError
from recurra.explain.examining import Asked, Place, examine
from recurra.explain.explanation import Explanation
from recurra.explain.member import member
from recurra.explain.wording import Words
from recurra.forecasting.explaining.segments import asked_segments, place_segments
from recurra.forecasting.explaining.stepwise import asked_stepwise
from recurra.forecasting.groups.model import GroupedModel
from recurra.forecasting.histories import Histories
from recurra.forecasting.model import Model
from recurra.forecasting.panel import Panel
from recurra.forecasting.plan import is_whole
from recurra.forecasting.segments.model import SegmentModel
from recurra.forecasting.stepwise.model import StepModel
from recurra.forecasting.tail import Tail

if TYPE_CHECKING:
    from recurra.forecasting.forecaster import Forecaster

Array = NDArray[np.float64]


def explain_series(
    forecaster: Forecaster,
    tail: Tail,
    rows: Histories,
    forecast: Array,
    *,
    ahead: int,
    network: int,
    notes: Sequence[str],
) -> Explanation:
    """What the forecaster's network did with the end of a series.

    Args:
        forecaster: Fitted.
        tail: The end of the series.
        rows: The same as the model reads it, one row, of R values or more.
        forecast: What it forecasts, (K,).
        ahead: Which of these is explained, from 1.
        network: Which of several networks that are averaged, from 1.
        notes: What was told before.

    Raises:
        OptionError: If a model of its form cannot be explained, or ``ahead`` is out of range.
    """
    model, own = _member(forecaster.model_, rows)
    asked, place, said = _asked(model, own, ahead, network)
    seen = examine(asked, model.cell.name, place)
    past = own.values.shape[1]
    labels = _labels(forecaster, tail, past, len(forecast))
    words = Words(
        f"the forecast of {forecaster.clock_.columns.target} for {labels[past + ahead - 1]}",
        labels,
        "with every value of the window at its mean",
        "past values",
    )
    values = np.concatenate([np.where(own.seen[0], own.values[0], np.nan), _none(len(forecast))])
    ahead_of = np.concatenate([_none(past), forecast])
    return Explanation(tail.id, words, (seen,), values, (ahead_of,), (*notes, *said))


def _none(count: int) -> Array:
    return np.full(count, np.nan)


def _asked(
    model: Model, rows: Histories, ahead: int, network: int
) -> tuple[Asked, Place, tuple[str, ...]]:
    if isinstance(model, StepModel):
        _, said = member([model.network], network)
        return asked_stepwise(model, rows, ahead), lambda _: (0, 1), said
    if isinstance(model, SegmentModel):
        shown, said = member(model.networks, network)
        return asked_segments(model, shown, rows, ahead), place_segments(model), said
    raise OptionError(
        f"a model of the form {model.form!r}", "one that forecasts step by step or by segments"
    )


def _member(model: Model, rows: Histories) -> tuple[Model, Histories]:
    """The model of the series' group, and the row as that reads it."""
    if not isinstance(model, GroupedModel):
        return model, rows
    ((_, number, own),) = model.by_group(rows)
    return model.models[number], own


def _labels(forecaster: Forecaster, tail: Tail, past: int, horizon: int) -> list[str]:
    """The times of the values that are read and of those to come."""
    places = np.arange(tail.length - past, tail.length + horizon)
    found = forecaster.clock_.render_all([(tail.anchor, places)])
    return [str(one) for one in found.to_list()]


def further_back(
    forecaster: Forecaster, rows: Histories, tail: Tail, steps: int, df: Any
) -> Histories:
    """The same end of a series with more of its past, read from the table again.

    Args:
        forecaster: Fitted.
        rows: The end as the model reads it, one row.
        tail: The same end.
        steps: How many values.
        df: The table; None if there is none.

    Raises:
        OptionError: If there are not so many, or the model does not read further back.
    """
    model = forecaster.model_
    most = tail.length if isinstance(model, StepModel) and df is not None else 0
    if not is_whole(steps, least=model.reach) or steps > max(most, model.reach):
        raise OptionError(
            f"steps={steps!r}",
            f"a whole number from {model.reach}, what the model reads"
            + (f", to {most}, the points of {tail.id!r}" if most else "")
            + "; more with df= and a model that forecasts step by step",
        )
    panel = Panel.from_columns(df, forecaster.clock_.columns)
    series = next(one for one in panel.series if one.id == tail.id)
    values, seen = series.values[-steps:], series.observed[-steps:]
    return replace(rows, values=values[None], seen=seen[None])
