"""What a forecaster did, drawn."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from recurra.drawing import letters, png, tidy, title
from recurra.forecasting.preparation import Prepared

if TYPE_CHECKING:
    from recurra.forecasting.forecaster import Forecaster
    from recurra.training import History

MOST_SERIES = 4
"""Series drawn; more would not be read."""

MOST_POINTS = 3000
"""Points of history drawn; more would only blacken the picture."""

MOST_PATHS = 50
"""Sample paths drawn."""

PATHS = "recurra-sample-"
"""What the names of their columns begin with."""

# Okabe and Ito's palette, told apart by all eyes.
TRUTH, TRAIN, VALIDATION, TEST, AHEAD = "#444444", "#0072B2", "#009E73", "#D55E00", "#CC79A7"


def draw_forecast(forecaster: Forecaster, predicted: pl.DataFrame | None = None) -> bytes:
    """The series, their split, and the forecasts over train, validation, test and future.

    For each of the first few series two rows: all of it with one-step predictions from true values,
    and its end with multi-step predictions, which are fed back, and the future.

    Args:
        forecaster: Fitted, and judged.
        predicted: What :meth:`Forecaster.predict` gave, if sample paths in it are to be drawn.

    Returns:
        A PNG.
    """
    with letters():
        drawn = forecaster.prepared_[:MOST_SERIES]
        figure = Figure(figsize=(11, 6.4 * len(drawn)), layout="constrained")
        axes = figure.subplots(2 * len(drawn), 1, squeeze=False)[:, 0]
        for number, one in enumerate(drawn):
            _draw_whole(axes[2 * number], forecaster, one)
            _draw_end(axes[2 * number + 1], forecaster, one)
            _draw_paths(axes[2 * number + 1], forecaster, one, predicted)
        _name_choice(figure, forecaster)
        return png(figure)


def _name_choice(figure: Figure, forecaster: Forecaster) -> None:
    """What a search chose, below the picture."""
    if (chosen := forecaster.inferred_.get("search chose")) is not None:
        text = textwrap.fill(f"Chosen by a search: {chosen}", 150)
        figure.supxlabel(text, x=0.01, ha="left", fontsize=9, parse_math=False)


def draw_learning(history: History) -> bytes:
    """The loss on training and validation windows by epoch, and the best epoch.

    Returns:
        A PNG.
    """
    with letters():
        figure = Figure(figsize=(11, 3.6), layout="constrained")
        _draw_losses(figure.subplots(), history)
        return png(figure)


def _draw_losses(axes: Axes, history: History) -> None:
    epochs = np.array(history.epoch) + 1
    names = {"loss": ("training", TRAIN), "val_loss": ("validation", TEST)}
    for key, (name, colour) in names.items():
        if key in history.history:
            axes.plot(epochs, history.history[key], color=colour, label=name, lw=1.5)
    if losses := history.history.get("val_loss"):
        best = int(np.argmin(losses))
        axes.plot(epochs[best], losses[best], "o", color=TEST, label=f"best, epoch {best + 1}")
    for number, cut in enumerate(_cuts(history)):
        label = "learning rate cut" if number == 0 else None
        axes.axvline(cut + 1.5, color=TRUTH, lw=0.8, ls=":", label=label)
    axes.set(xlabel="epoch", ylabel="loss")
    # Losses of exactly 0 have no place on a logarithmic axis.
    if any(loss > 0 for key in names for loss in history.history.get(key, ())):
        axes.set_yscale("log")
    title(axes, "Learning")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False)
    tidy(axes)


def _cuts(history: History) -> NDArray[np.int64]:
    """The epochs after which the learning rate was cut, from 0; none where it falls all along."""
    falls = np.flatnonzero(np.diff(history.history.get("learning_rate", [])) < 0)
    return falls if 2 * len(falls) < len(history.epoch) else falls[:0]


def _draw_whole(axes: Axes, forecaster: Forecaster, one: Prepared) -> None:
    """All of a series, or its last part, with one-step predictions."""
    model, split = forecaster.judged_, one.split
    first = max(model.least, len(one.series.values) - MOST_POINTS)
    places = np.arange(first, len(one.series.values))
    _draw_truth(axes, forecaster, one, places)
    predicted = model.forecast(one.histories(places, model.reach), 1)[:, 0]
    borders = [split.train, split.train + split.validation, len(one.series.values)]
    parts = np.searchsorted(borders, places, side="right")
    for part, (label, colour) in enumerate(
        [("train", TRAIN), ("validation", VALIDATION), ("test", TEST)]
    ):
        here = parts == part
        times = _times(forecaster, one, places[here])
        axes.plot(times, predicted[here], color=colour, lw=1.2, label=f"one step ahead, {label}")
    for border in borders[:2]:
        if border > first:
            _draw_border(axes, forecaster, one, border)
    shown = f", its last {len(places):,} points" if first > model.least else ""
    title(axes, f"{short(one.series.id)}{shown}: each point forecast from those before")
    _finish(axes)


def _draw_end(axes: Axes, forecaster: Forecaster, one: Prepared) -> None:
    """The end of a series, where predictions are fed back, and its future."""
    evaluation, split, plan = forecaster.evaluation_, one.split, forecaster.plan_
    count = len(one.series.values)
    # Of a long test part only its last horizons, so that each is seen.
    test = min(split.test, max(200, 4 * plan.horizon))
    _draw_truth(axes, forecaster, one, np.arange(max(0, count - 2 * test), count))
    if evaluation is not None:
        places = np.arange(count - test, count)
        forecasts = evaluation.forecasts[one.series.id]
        times = _times(forecaster, one, places)
        label = f"{plan.reach} ahead, test"
        axes.plot(times, forecasts.multi_step[-test:], color=TEST, lw=1.4, label=label)
        axes.plot(
            times, forecasts.seasonal_naive[-test:], color=TRUTH, lw=0.9, ls="--", alpha=0.7,
            label="seasonal naive, test" if forecaster.season_ > 1 else "naive, test",
        )  # fmt: skip
    ahead = np.arange(count, count + plan.horizon)
    future = forecaster.forecast_of(one.series.id, plan.horizon)
    marker = "o" if plan.horizon < 40 else ""
    times = _times(forecaster, one, ahead)
    axes.plot(times, future, color=AHEAD, lw=1.8, marker=marker, ms=3, label="future")
    _draw_border(axes, forecaster, one, count - test)
    _draw_border(axes, forecaster, one, count)
    title(axes, f"{short(one.series.id)}: several steps ahead, and the future")
    _finish(axes)


def _draw_paths(
    axes: Axes, forecaster: Forecaster, one: Prepared, predicted: pl.DataFrame | None
) -> None:
    """The sample paths of a series, thin, behind all else."""
    if predicted is None:
        return
    names = [name for name in predicted.columns if name.startswith(PATHS)][:MOST_PATHS]
    paths = predicted.filter(pl.col("unique_id") == one.series.id).select(names).to_numpy()
    count = len(one.series.values)
    times = _times(forecaster, one, np.arange(count, count + len(paths)))
    for path in paths.T:
        axes.plot(times, path, color=AHEAD, lw=0.5, alpha=0.35, zorder=0)


def _draw_truth(axes: Axes, forecaster: Forecaster, one: Prepared, places: Any) -> None:
    seen = np.where(one.series.observed, one.series.values, np.nan)[places]
    times = _times(forecaster, one, places)
    # Broad and pale, so that a forecast that hits it does not hide it.
    axes.plot(times, seen, color=TRUTH, lw=3.5, alpha=0.28, label="truth")


def _draw_border(axes: Axes, forecaster: Forecaster, one: Prepared, place: int) -> None:
    axes.axvline(_times(forecaster, one, np.array([place]))[0], color=TRUTH, lw=0.8, ls=":")


def _times(forecaster: Forecaster, one: Prepared, places: Any) -> Any:
    return forecaster.clock_.times(one.series.anchor, places)


def short(name: str) -> str:
    """A name that leaves the picture its place."""
    return name if len(name) <= 40 else f"{name[:38]}..."


def _finish(axes: Axes) -> None:
    axes.legend(frameon=False, ncols=5, fontsize=8, loc="upper left", bbox_to_anchor=(0, -0.08))
    tidy(axes)
