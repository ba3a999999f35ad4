"""Where the network looked while it wrote."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from recurra.drawing import letters, png, title

MOST = 40
"""Pieces drawn of either side; more would not be read."""


@dataclass(frozen=True)
class Seen:
    """How much each piece of a translation looked at each piece of its source.

    Attributes:
        source: S pieces, the last ⏎ for the end.
        target: T pieces, likewise if the translation came to its end.
        weights: (T, S), each row 1 in sum.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    weights: NDArray[np.float32]


def draw(seen: Seen) -> bytes:
    """The weights as a picture, a PNG."""
    width, height = (min(MOST, len(one)) for one in (seen.source, seen.target))
    with letters():
        figure = Figure(figsize=(2 + 0.32 * width, 1.6 + 0.28 * height), layout="constrained")
        draw_seen(figure.subplots(), seen)
        return png(figure)


def draw_seen(axes: Axes, seen: Seen, heading: str = "Where it looked") -> None:
    """The same on axes: the darker, the more."""
    source, target = seen.source[:MOST], seen.target[:MOST]
    axes.imshow(
        seen.weights[:MOST, :MOST], cmap="Blues", vmin=0, vmax=1, aspect="auto", origin="upper"
    )
    size = 9 if max(len(source), len(target)) <= 20 else 7
    axes.set_xticks(range(len(source)), source, rotation=60, fontsize=size, parse_math=False)
    axes.set_yticks(range(len(target)), target, fontsize=size, parse_math=False)
    for label in axes.get_xticklabels():
        label.set_horizontalalignment("right")
        label.set_rotation_mode("anchor")
    axes.set(xlabel="read", ylabel="written")
    title(axes, heading)
