"""Drawings side by side as a picture: what was shown, what people drew, what the model draws."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from drawings import SIDE, Drawing
from torch import Tensor

from recurra.atomic import write

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

COLOURS = ("#1f5fbf", "#e07b00", "#2a9d58", "#c2327e", "#6b6b6b")
NAMES = ("first stroke", "second", "third", "fourth", "later ones")
BESIDE = 2
"""Characters in a row of the picture."""


@dataclass(frozen=True)
class Shown:
    """A line of the picture: a person's drawing, and the strokes that a model drew for it."""

    human: Drawing
    drawn: list[list[Tensor]]
    unseen: list[Tensor]


def save(lines: Sequence[Shown], path: Path) -> None:
    """Draws two characters a row: picture, human, drawings, and one drawn without the picture."""
    heads = ["picture", "human", *["drawn"] * len(lines[0].drawn), "without"]
    figure, blocks = _blocks(-(-len(lines) // BESIDE), len(heads))
    for place, line in enumerate(lines):
        row, beside = divmod(place, BESIDE)
        _line(blocks[row][beside], line, heads if row == 0 else ())
    handles = [
        Line2D([], [], color=colour, label=name, linewidth=2)
        for colour, name in zip(COLOURS, NAMES, strict=True)
    ]
    figure.legend(handles=handles, loc="lower center", ncols=len(handles), frameon=False)
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=120, facecolor="white")
    plt.close(figure)
    write(path, content.getvalue())


def _blocks(down: int, across: int) -> tuple[Figure, list[list[list[Axes]]]]:
    """Axes by row and block, with a gap between the blocks."""
    widths = [1.0] * across + ([0.35] + [1.0] * across) * (BESIDE - 1)
    figure, axes = plt.subplots(
        down,
        len(widths),
        figsize=(0.95 * sum(widths), 0.98 * down + 0.7),
        gridspec_kw={"width_ratios": widths, "wspace": 0.06, "hspace": 0.06},
        squeeze=False,
    )
    for axis in axes.flat:
        axis.set_axis_off()
    figure.subplots_adjust(left=0.01, right=0.99, top=0.95, bottom=0.07)
    starts = range(0, len(widths), across + 1)
    return figure, [[list(row[start : start + across]) for start in starts] for row in axes]


def _line(axes: Sequence[Axes], line: Shown, heads: Sequence[str]) -> None:
    axes[0].imshow(line.human.picture, cmap="gray_r", vmin=0, vmax=1)
    _framed(axes[0])
    for axis, strokes in zip(axes[1:], [line.human.strokes, *line.drawn, line.unseen], strict=True):
        _strokes(axis, strokes)
    for axis, head in zip(axes, heads, strict=False):
        axis.set_title(head, fontsize=9)


def _strokes(axis: Axes, strokes: Sequence[Tensor]) -> None:
    """Each stroke in the colour of its place in the order, with a dot where it begins."""
    for place, stroke in enumerate(strokes):
        colour = COLOURS[min(place, len(COLOURS) - 1)]
        axis.plot(*stroke.T.numpy(), color=colour, linewidth=1.6, solid_capstyle="round")
        axis.plot(*stroke[0].numpy(), color=colour, marker="o", markersize=3)
    axis.set_xlim(-SIDE / 2, SIDE / 2)
    axis.set_ylim(SIDE / 2, -SIDE / 2)
    axis.set_aspect("equal")
    _framed(axis)


def _framed(axis: Axes) -> None:
    axis.set_axis_on()
    axis.set_xticks([])
    axis.set_yticks([])
    for side in axis.spines.values():
        side.set_color("#dddddd")
