"""Drawings side by side: what was shown, what people drew, what was drawn of it."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recurra.applications.caption.strokes.checks import Given
from recurra.applications.caption.strokes.drawing import Drawing
from recurra.applications.caption.strokes.notation import Stroke
from recurra.applications.pictures import Pixels, square
from recurra.drawing import png

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#6b6b6b")
"""Of strokes in their order; all behind the fourth have the last."""

INCH = 1.3

MOST = 8
"""Pictures side by side."""


def draw(pictures: Sequence[Pixels], drawn: Sequence[Drawing]) -> bytes:
    """A column for each picture, and below it what was drawn of it; a PNG."""
    figure = Figure(figsize=(INCH * max(3, len(drawn)), 2.2 * INCH), layout="constrained")
    axes = figure.subplots(2, len(drawn), squeeze=False)
    for above, below, picture, drawing in zip(*axes, pictures, drawn, strict=True):
        above.imshow(square(picture, max(picture.shape[:2])))
        _framed(above)
        _strokes(below, drawing.strokes, drawing.width, drawing.height)
    return png(figure)


def draw_columns(axes: Sequence[Sequence[Axes]], given: Given, drawn: Sequence[Drawing]) -> None:
    """On three rows of axes the ink of each picture, what people drew, and what was drawn."""
    for place, (frame, drawing) in enumerate(zip(given.frames, drawn, strict=True)):
        axes[0][place].imshow(given.ink[place].numpy(), cmap="gray_r", vmin=0, vmax=1)
        _framed(axes[0][place])
        for row, strokes in ((1, given.strokes[place]), (2, drawing.strokes)):
            _strokes(axes[row][place], strokes, frame.width, frame.height)


def _strokes(axes: Axes, strokes: Sequence[Stroke], width: int, height: int) -> None:
    """Each stroke in the colour of its place in the order, with a dot where it begins."""
    for place, stroke in enumerate(strokes):
        colour = COLOURS[min(place, len(COLOURS) - 1)]
        axes.plot(*stroke.T, color=colour, linewidth=1.6, solid_capstyle="round")
        axes.plot(*stroke[0], color=colour, marker="o", markersize=3)
    # The square, as the ink is shown.
    side = max(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    axes.set(xlim=(left, left + side), ylim=(top + side, top), aspect="equal")
    _framed(axes)


def _framed(axes: Axes) -> None:
    axes.set(xticks=[], yticks=[])
    for side in axes.spines.values():
        side.set_color("#bbbbbb")
