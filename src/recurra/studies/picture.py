"""A study in one picture: figures, learning, importance, a row for each task."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from recurra.drawing import letters, png, tidy, title
from recurra.studies.analysis.findings import Evidence
from recurra.studies.analysis.importance import Importance
from recurra.studies.analysis.results import Cell, outcomes, short, unit

ALL, CHOSEN = "#9aa6b5", "#0072B2"
ALONE, PAIRS, REST = "#0072B2", "#56B4E9", "#d9dee6"
WORST_SHOWN = 0.75
"""The share of trials that a picture has room for; those that failed lie beyond its edge."""
FAR_APART = 5.0
"""From so many times the least figure on, figures are shown by their powers."""


def draw(evidence: Evidence) -> bytes:
    """A PNG."""
    study = evidence.results.study
    with letters():
        height = max(3.2, 1.2 + 0.34 * len(study.contenders))
        figure = Figure((13, height * len(study.tasks)), layout="constrained")
        # Few trials tell of no task what explains the difference.
        widths = (4, 4, 3) if evidence.importance else (4, 4)
        shape = (len(study.tasks), len(widths))
        rows = figure.subplots(*shape, squeeze=False, width_ratios=widths)
        for task, (figures, learning, *importance) in zip(study.tasks, rows, strict=True):
            cells = evidence.results.on(task)
            _draw_figures(figures, task, cells)
            _draw_learning(learning, cells)
            for axes in importance:
                _draw_importance(axes, evidence.importance.get(task))
        return png(figure)


def _draw_figures(axes: Axes, task: str, cells: Sequence[Cell]) -> None:
    """The figure of every trial, and of those by which a cell is compared."""
    every: list[float] = []
    for place, cell in enumerate(cells):
        tests = [one.test for one in outcomes(cell.trials)]
        every += [*tests, *cell.figures]
        axes.plot(tests, [place] * len(tests), "|", color=ALL, ms=9, mew=1)
        axes.plot(cell.figures, [place] * len(cell.figures), "o", color=CHOSEN, ms=4, alpha=0.8)
    if every:
        compared = max(max(cell.figures) for cell in cells if cell.figures)
        _bound(axes, min(every), max(compared, float(np.quantile(every, WORST_SHOWN))))
    axes.set_yticks(range(len(cells)), [cell.name for cell in cells])
    axes.invert_yaxis()
    axes.set_xlabel(f"{unit(task)} on the test part (lower is better)")
    title(axes, short(task))
    tidy(axes)


def _bound(axes: Axes, low: float, high: float) -> None:
    """Shows figures from the least to one of the larger ones; by powers if they lie far apart."""
    if 0 < low < high / FAR_APART:
        axes.set_xscale("log")
        axes.set_xlim(low / 1.1, high * 1.1)
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        margin = 0.05 * (high - low) + 1e-9
        axes.set_xlim(low - margin, high + margin)


def _draw_learning(axes: Axes, cells: Sequence[Cell]) -> None:
    colours = mpl.colormaps["tab20"].colors  # type: ignore[attr-defined]
    low: list[float] = []
    for place, cell in enumerate(cells):
        if cell.best is None or cell.best.outcome is None or not cell.best.outcome.curve:
            continue
        curve = cell.best.outcome.curve
        low.append(min(curve))
        axes.plot(
            range(1, len(curve) + 1),
            np.minimum.accumulate(curve),
            label=cell.name,
            color=colours[place % len(colours)],
            lw=1.4,
        )
    if low:
        best, top = min(low), axes.get_ylim()[1]
        top = min(top, best + 4 * (max(low) - best) + 0.2 * abs(best))
        axes.set_ylim(best - 0.05 * (top - best), top)
        axes.legend(frameon=False, fontsize=7, ncols=2)
    axes.set(xlabel="pass", ylabel="held-out loss, the best so far")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    title(axes, "Each cell's best trial")
    tidy(axes)


def _draw_importance(axes: Axes, importance: Importance | None) -> None:
    title(axes, "What explains the difference")
    if importance is None:
        axes.text(0.5, 0.5, "too few trials", ha="center", transform=axes.transAxes, color=ALL)
        axes.set_axis_off()
        return
    bars = [(name, share, ALONE) for name, share in importance.alone.items()]
    bars.sort(key=lambda bar: -bar[1])
    bars.append(("pairs together", sum(importance.pairs.values()), PAIRS))
    bars.append(("the rest", importance.rest, REST))
    names, shares, colours = zip(*bars, strict=True)
    axes.barh(range(len(bars)), [100 * share for share in shares], color=colours)
    axes.set_yticks(range(len(bars)), [name.replace("_", " ") for name in names])
    axes.invert_yaxis()
    axes.set_xlabel("% of the variance (fANOVA)")
    tidy(axes)
