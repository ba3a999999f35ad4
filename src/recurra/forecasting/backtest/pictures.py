"""A backtest, drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from recurra.drawing import letters, png, tidy, title
from recurra.forecasting.backtest.model import OWN
from recurra.forecasting.backtest.results import Backtest
from recurra.forecasting.pictures import (
    AHEAD,
    MOST_SERIES,
    TEST,
    TRAIN,
    TRUTH,
    VALIDATION,
    short,
)

MOST_WINDOWS = 8
"""Windows drawn, the last ones; more would not be read."""

SHORT = {
    OWN: "Recurra",
    "naive": "naive",
    "seasonal_naive": "seasonal naive",
    "drift": "drift",
    "naive2": "Naive2",
    "auto_ets": "AutoETS",
    "auto_theta": "AutoTheta",
}
"""Names for legends and tables."""

_COLOURS = {
    OWN: TEST,
    "naive": "#999999",
    "seasonal_naive": TRAIN,
    "drift": "#E69F00",
    "naive2": VALIDATION,
    "auto_ets": AHEAD,
    "auto_theta": "#56B4E9",
}


def draw_errors(backtest: Backtest) -> bytes:
    """Errors by step ahead, by window and, of several, by series, beside the baselines.

    MASE where it is defined, else the mean absolute error.

    Returns:
        A PNG.
    """
    with letters():
        several = len(backtest.judged.names) > 1
        figure = Figure(figsize=(11, 8.2 if several else 4.4), layout="constrained")
        rows: list[Any] = [["step", "window"], *([["series", "series"]] if several else [])]
        axes = figure.subplot_mosaic(rows)
        metric = _metric(backtest)
        _draw_lines(axes["step"], backtest.scores.by_step, "step", metric)
        title(axes["step"], "By step ahead")
        _draw_lines(axes["window"], backtest.scores.by_window, "window", metric)
        title(axes["window"], "By window, the earliest first")
        if several:
            _draw_series(axes["series"], backtest, metric)
        handles, labels = axes["step"].get_legend_handles_labels()
        # Drawn last so that it lies on top, ours is named first.
        figure.legend(
            handles[::-1], labels[::-1],
            frameon=False, ncols=7, fontsize=8, loc="outside upper center",
        )  # fmt: skip
        return png(figure)


def draw_windows(backtest: Backtest) -> bytes:
    """The forecasts of the last windows over what came, for the first few series.

    Returns:
        A PNG.
    """
    with letters():
        drawn = min(MOST_SERIES, len(backtest.judged.names))
        figure = Figure(figsize=(11, 3.4 * drawn), layout="constrained")
        rows = figure.subplots(drawn, 1, squeeze=False)[:, 0]
        for number, axes in enumerate(rows):
            _draw_forecasts(axes, backtest, number)
        return png(figure)


def _metric(backtest: Backtest) -> str:
    defined = all(backtest.scores.of(model)["mase"] is not None for model in backtest.judged.points)
    return "mase" if defined else "mae"


def _unit(metric: str) -> str:
    return {"mase": "MASE", "mae": "mean absolute error"}[metric]


def _draw_lines(axes: Axes, table: pl.DataFrame, key: str, metric: str) -> None:
    """A line a model, ours broad and on top."""
    for model in reversed(table["model"].unique(maintain_order=True).to_list()):
        rows = table.filter(pl.col("model") == model)
        own = model == OWN
        axes.plot(
            rows[key], rows[metric], color=_COLOURS[model], lw=2.4 if own else 1.2,
            marker="o" if len(rows) <= 24 else "", ms=4 if own else 2.5, label=SHORT[model],
        )  # fmt: skip
    axes.set(xlabel="steps ahead" if key == "step" else key, ylabel=_unit(metric))
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    tidy(axes)


def _draw_series(axes: Axes, backtest: Backtest, metric: str) -> None:
    """How much better or worse than the best baseline each series is forecast, sorted."""
    rival = backtest.finding.rival
    wide = backtest.scores.by_series.pivot("model", index="unique_id", values=metric)
    differences = (wide[OWN] - wide[rival]).drop_nulls().sort().to_numpy()
    colours = np.where(differences < 0, VALIDATION, TEST).tolist()
    places = np.arange(1, len(differences) + 1)
    axes.bar(places, differences, width=0.8 if len(places) <= 60 else 1.0, color=colours)
    axes.axhline(0, color=TRUTH, lw=0.8)
    better = int((differences < 0).sum())
    axes.set(xlabel="series, sorted", ylabel=f"{_unit(metric)}, difference")
    axes.set_xlim(0, len(differences) + 1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    text = f"By series: Recurra less {SHORT[rival]}; below 0 Recurra is better, as for {better:,}"
    title(axes, f"{text} of {len(differences):,}")
    tidy(axes)


def _draw_forecasts(axes: Axes, backtest: Backtest, number: int) -> None:
    """The end of a series and what was forecast of it."""
    course, judged = backtest.course, backtest.judged
    one, known = course.panel.series[number], course.known[number]
    first = max(0, course.origins.windows - MOST_WINDOWS)
    horizon = course.origins.horizon
    start = max(0, int(known[first]) - max(horizon, 12))
    places = np.arange(start, len(one.values))
    seen = np.where(one.observed, one.values, np.nan)[places]
    axes.plot(_times(backtest, one, places), seen, color=TRUTH, lw=3.5, alpha=0.28, label="truth")
    for window in range(first, course.origins.windows):
        _draw_window(axes, backtest, number, window, label=window == first)
    title(axes, f"{short(judged.names[number])}: the last windows, {horizon:,} steps ahead each")
    axes.legend(frameon=False, ncols=5, fontsize=8, loc="upper left", bbox_to_anchor=(0, -0.1))
    tidy(axes)


def _draw_window(axes: Axes, backtest: Backtest, number: int, window: int, *, label: bool) -> None:
    course, judged, rival = backtest.course, backtest.judged, backtest.finding.rival
    end = int(course.known[number, window])
    ahead = np.arange(end, end + course.origins.horizon)
    times = _times(backtest, course.panel.series[number], ahead)
    marker = "o" if len(ahead) == 1 else ""

    def name(text: str) -> str | None:
        return text if label else None

    for shade, level in enumerate(sorted(judged.own.low, reverse=True)):
        low, high = (side[level][number, window] for side in (judged.own.low, judged.own.high))
        axes.fill_between(
            times, low, high, color=TEST, alpha=0.12 + 0.08 * shade, lw=0, label=name(f"{level:g}%")
        )
    axes.plot(
        times, judged.rivals[rival][number, window], color=_COLOURS[rival], lw=1, ls="--",
        marker=marker, ms=3, label=name(SHORT[rival]),
    )  # fmt: skip
    axes.plot(
        times, judged.own.point[number, window], color=TEST, lw=1.6, marker=marker, ms=4,
        label=name("Recurra"),
    )  # fmt: skip
    axes.axvline(times[0], color=TRUTH, lw=0.6, ls=":")


def _times(backtest: Backtest, one: Any, places: Any) -> Any:
    return one.times(backtest.course.panel.frequency, places)
