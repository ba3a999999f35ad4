"""A continued piece as two piano rolls."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
from continuation import Continued
from torch import Tensor

from recurra import atomic

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

LOWEST_NOTE = 21
"""The MIDI number of a piano's lowest key, A0."""
OCTAVE = 12
GIVEN, COMPOSED, WRITTEN = "#4a5568", "#6a994e", "#d9822b"


def draw(found: Continued, path: Path) -> None:
    """The piece as composed above, as continued by the model below."""
    figure, axes = plt.subplots(2, 1, figsize=(9, 5.2), sharex=True, sharey=True)
    _roll(axes[0], found.composed, found.given, COMPOSED)
    _roll(axes[1], found.written, found.given, WRITTEN)
    axes[0].set_title("as composed", fontsize=10, loc="left")
    axes[1].set_title("the same start, then the model", fontsize=10, loc="left")
    axes[1].set_xlabel("step", fontsize=9)
    _octaves(axes[0], found)
    figure.tight_layout()
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=120)
    plt.close(figure)
    atomic.write(path, file.getvalue())


def _roll(axis: Axes, roll: Tensor, given: int, colour: str) -> None:
    steps, keys = roll.nonzero(as_tuple=True)
    for begun, some in ((GIVEN, steps < given), (colour, steps >= given)):
        axis.barh(keys[some], width=1, left=steps[some], height=0.9, color=begun, linewidth=0)
    axis.axvline(given, color="#222222", linewidth=1, linestyle=":")
    axis.set_xlim(0, len(roll))
    axis.tick_params(labelsize=8)
    axis.grid(axis="y", color="#e5e5e5")
    axis.set_axisbelow(True)


def _octaves(axis: Axes, found: Continued) -> None:
    """The C of each octave on the axis of keys, over the keys that either piece uses."""
    used = (found.composed + found.written).sum(0).nonzero()
    low, high = int(used.min()) - 2, int(used.max()) + 2
    ticks = [key for key in range(low, high + 1) if (key + LOWEST_NOTE) % OCTAVE == 0]
    axis.set_yticks(ticks, [f"C{(key + LOWEST_NOTE) // OCTAVE - 1}" for key in ticks])
    axis.set_ylim(low, high)
