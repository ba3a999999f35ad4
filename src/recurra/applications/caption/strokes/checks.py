"""Pictures and drawings that are handed in, held against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from recurra.applications.caption.parting import parted
from recurra.applications.caption.strokes.frame import Frame, framed
from recurra.applications.caption.strokes.notation import EXAMPLE, Stroke, parsed
from recurra.applications.caption.strokes.rules import FEWEST, MOST_HELD, SHARE
from recurra.applications.caption.strokes.sequences import Sequences, sequences
from recurra.errors import DataError

Strokes = str | Sequence[ArrayLike]
"""A drawing: the path of an SVG file, or the points (P, 2) of each stroke."""


@dataclass(frozen=True)
class Given:
    """Pictures and their drawings, N of each.

    Attributes:
        ink: (N, S, S), from 0 to 1.
        frames: Where each picture lies in its square.
        strokes: Of each, in points of the picture.
    """

    ink: Tensor
    frames: Sequence[Frame]
    strokes: Sequence[Sequence[Stroke]]

    def __len__(self) -> int:
        """N."""
        return len(self.strokes)

    def some(self, places: Sequence[int]) -> Given:
        """Those at some places."""
        return Given(
            self.ink[list(places)],
            [self.frames[place] for place in places],
            [self.strokes[place] for place in places],
        )

    @property
    def digests(self) -> list[str]:
        """Each picture in a few letters."""
        each = self.ink.numpy()
        return [blake2b(one.tobytes(), digest_size=16).hexdigest() for one in each]

    @property
    def sequences(self) -> Sequences:
        """As what a pen does."""
        pairs = zip(self.frames, self.strokes, strict=True)
        drawn = [[frame.into(stroke) for stroke in some] for frame, some in pairs]
        return sequences(self.ink, drawn, torch.tensor([one.grain for one in self.frames]))


def checked(pictures: Sequence[ArrayLike], drawings: Sequence[Strokes], side: int) -> Given:
    """Pictures as ink in squares, with their drawings.

    Args:
        pictures: Bytes, (H, W), (H, W, 1) or (H, W, 3) each, at least 1.
        drawings: One for each.
        side: S, the points of a side of the squares.

    Raises:
        DataError: If they do not pair up, or one is no picture or no drawing.
    """
    if isinstance(drawings, str) or len(pictures) != len(drawings) or not len(drawings):
        raise DataError(
            f"{len(pictures):,} pictures and {len(drawings):,} drawings",
            "a drawing for each, at least one",
        )
    ink, frames = zip(*(framed(one, side) for one in pictures), strict=True)
    return Given(torch.stack(ink), frames, [_strokes(one) for one in drawings])


def hold_out(given: Given, seed: int) -> tuple[Given, Given]:
    """What to learn from, and what to judge by; drawings of the same picture stay together.

    Args:
        given: At least one drawing.
        seed: Of the draw.
    """
    wanted = min(MOST_HELD, len(given) // SHARE) if len(given) >= FEWEST else 0
    learned, held = parted(given.digests, wanted, seed)
    return given.some(learned), given.some(held)


def _strokes(given: Strokes) -> list[Stroke]:
    if isinstance(given, str):
        return parsed(given)
    try:
        found = [np.asarray(one, dtype=np.float32) for one in given]
    except (TypeError, ValueError):
        found = []
    if not found or any(one.ndim != 2 or one.shape[1] != 2 or not len(one) for one in found):
        raise DataError(
            f"a drawing of {len(given)} strokes of shapes {[np.shape(one) for one in given][:5]}",
            f"points (P, 2) of each, at least one, or a path such as {EXAMPLE}",
        )
    if not all(np.isfinite(one).all() for one in found):
        raise DataError("a stroke with a point that is no finite number", "finite numbers")
    return found
