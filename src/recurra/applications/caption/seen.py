"""Where the network looked while it wrote."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from recurra.applications.pictures import Pixels
from recurra.drawing import letters, png

WIDE = 10
"""Pictures in a row."""

MOST = 4 * WIDE
"""Pictures drawn, at most."""


@dataclass(frozen=True)
class Seen:
    """How much each piece of a caption looked at each place of its picture.

    Attributes:
        picture: The square that the network saw, (S, S, 3).
        pieces: T pieces, the last ⏎ for the end if the caption came to it.
        weights: (T, P, P), each piece's 1 in sum.
    """

    picture: Pixels
    pieces: tuple[str, ...]
    weights: NDArray[np.float32]


def draw(seen: Seen) -> bytes:
    """The picture once for each piece, lit where the network looked; a PNG."""
    rows = rows_of(seen)
    with letters():
        figure = Figure(figsize=(1.4 * WIDE, 1.75 * rows), layout="constrained")
        draw_seen(figure.subplots(), seen, rows)
        return png(figure)


def rows_of(seen: Seen) -> int:
    """How many rows a caption takes, at most 4."""
    return -(-min(MOST, len(seen.pieces) + 1) // WIDE)


def draw_seen(axes: Axes, seen: Seen, rows: int) -> None:
    """The same on axes, in so many rows; first the picture as it is."""
    side = len(seen.picture)
    shown = [("", seen.picture)]
    shown += [
        (p or "␣", lit(seen.picture, w)) for p, w in zip(seen.pieces, seen.weights, strict=True)
    ]
    across, down = side + side // 12, side + side // 4
    sheet = np.full((rows * down, WIDE * across, 4), 0, np.uint8)
    for number, (piece, image) in enumerate(shown[: rows * WIDE]):
        top, left = number // WIDE * down + down - side, number % WIDE * across
        sheet[top : top + side, left : left + side, :3] = image
        sheet[top : top + side, left : left + side, 3] = 255
        where = left + side / 2, top - side / 32
        axes.text(*where, piece, ha="center", va="bottom", fontsize=9, parse_math=False)
    axes.imshow(sheet, interpolation="nearest")
    axes.set_axis_off()


def lit(picture: Pixels, weights: NDArray[np.float32]) -> Pixels:
    """A picture, dark but where weights (P, P) are large: (S, S, 3)."""
    side = len(picture) // len(weights)
    share = np.kron(weights / weights.max(), np.ones((side, side)))[:, :, None]
    return (picture * (0.25 + 0.75 * share)).astype(np.uint8)
