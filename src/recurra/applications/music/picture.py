"""Piano rolls, drawn."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from recurra.applications.music.roll import LOWEST, held
from recurra.drawing import letters, png, title

OCTAVE = 12
GIVEN, COMPOSED, WRITTEN = "#4a5568", "#0072B2", "#D55E00"
"""The colours of what was given, of what was composed, and of what a model wrote."""

WIDE = 12.0


def draw_roll(axes: Axes, roll: Tensor, given: int, colour: str, head: str) -> None:
    """A roll as bars, a note each.

    Args:
        axes: Where.
        roll: (T, 88).
        given: How many steps were given: drawn in grey, with a line behind them.
        colour: Of the others.
        head: Above it.
    """
    for part, begun, of in ((roll[:given], 0, GIVEN), (roll[given:], given, colour)):
        notes = held(part)
        axes.barh(
            [note.key for note in notes],
            [note.end - note.begin for note in notes],
            left=[begun + note.begin for note in notes],
            height=0.85,
            color=of,
            edgecolor="white",
            linewidth=0.3,
        )
    if given:
        axes.axvline(given, color="#222222", linewidth=1, linestyle=":")
    axes.set_xlim(0, len(roll))
    axes.grid(axis="y", color="#e5e5e5")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    title(axes, head)


def name_octaves(axes: Axes, rolls: Sequence[Tensor]) -> None:
    """The C of each octave on the axis of keys, over the keys that any of the rolls uses."""
    used = [key for roll in rolls for key in roll.any(0).nonzero().flatten().tolist()] or [39]
    low, high = min(used) - 3, max(used) + 3
    ticks = [key for key in range(low, high + 1) if (key + LOWEST) % OCTAVE == 0]
    axes.set_yticks(ticks, [f"C{(key + LOWEST) // OCTAVE - 1}" for key in ticks])
    axes.set_ylim(low, high)


def draw_piece(roll: Tensor, given: int, head: str) -> bytes:
    """A piece of which the first steps were given and the rest is written; a PNG."""
    with letters():
        figure = Figure(figsize=(WIDE, 3.4), layout="constrained")
        axes = figure.subplots()
        draw_roll(axes, roll, given, WRITTEN, head)
        name_octaves(axes, [roll])
        axes.set_xlabel("step")
        return png(figure)
