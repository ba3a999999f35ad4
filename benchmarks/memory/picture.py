"""The losses by step as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import matplotlib as mpl
from figures import Row, by_task
from records import Record
from settings import SOLVED

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

ACROSS = 2


def draw(records: Sequence[Record], path: Path) -> None:
    """A panel a task, a line a run, a colour a cell: the least loss so far, which falls only."""
    panels = list(by_task(records))
    cells = sorted({row.cell for _, rows in panels for row in rows})
    palette = plt.get_cmap("tab10" if len(cells) <= 10 else "tab20")
    colours = {cell: palette(place) for place, cell in enumerate(cells)}
    across = min(ACROSS, len(panels))
    down = -(-len(panels) // across)
    figure, axes = plt.subplots(
        down, across, figsize=(5.4 * across, 3.4 * down + 0.6), squeeze=False, sharey=True
    )
    for axis in axes.flat[len(panels) :]:
        axis.set_visible(False)
    for axis, (task, rows) in zip(axes.flat, panels, strict=False):
        _panel(axis, task, rows, colours)
    for line in axes[:, 0]:
        line.set_ylabel("least held-out loss so far / baseline", fontsize=9)
    handles = [plt.Line2D([], [], color=colours[cell], label=cell) for cell in cells]
    figure.legend(
        handles=handles, loc="outside lower center", ncols=min(len(cells), 7), frameon=False
    )
    figure.set_layout_engine("constrained")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    plt.close(figure)


def _panel(axis: Axes, task: str, rows: list[Row], colours: dict[str, object]) -> None:
    for row in rows:
        for run in row.runs:
            steps = [step for step, _, _ in run.curve]
            shares = list(accumulate((loss / run.baseline for _, loss, _ in run.curve), min))
            axis.plot(steps, shares, color=colours[row.cell], linewidth=1.3, alpha=0.85)
    axis.axhline(1, color="#444444", linewidth=1, linestyle=":")
    axis.axhline(SOLVED, color="#444444", linewidth=1, linestyle="--")
    axis.set_yscale("log")
    axis.set_ylim(1e-3, 3)
    axis.set_title(task, fontsize=10)
    axis.set_xlabel("steps", fontsize=9)
    axis.tick_params(labelsize=8)
    axis.grid(color="#e5e5e5")
    axis.set_axisbelow(True)
