"""Drawings as sequences of points, and as what a pen does from point to point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from recurra.structures.lengths import live_steps

SPACING = 1.5
"""Points of the square along a stroke from point to point."""


@dataclass(frozen=True)
class Sequences:
    """N drawings, of T points at most, in squares of S points a side.

    Attributes:
        pictures: Ink from 0 to 1, (N, S, S).
        points: (N, T, 2) from the middle of the square; 0 behind a drawing's end.
        ends: (N, T, 2): 1 where a point ends its stroke, and 1 where it ends the drawing.
        lengths: The points of each, (N,).
        grain: What a point of each picture is in the square, to the right and down, (N, 2).
    """

    pictures: Tensor
    points: Tensor
    ends: Tensor
    lengths: Tensor
    grain: Tensor

    def __len__(self) -> int:
        """N."""
        return len(self.lengths)

    def __getitem__(self, rows: Tensor) -> Sequences:
        """Some of them, no wider than the longest asks for."""
        longest = int(self.lengths[rows].max())
        return Sequences(
            self.pictures[rows],
            self.points[rows, :longest],
            self.ends[rows, :longest],
            self.lengths[rows],
            self.grain[rows],
        )


def sequences(pictures: Tensor, drawn: Sequence[Sequence[Tensor]], grain: Tensor) -> Sequences:
    """Drawings with points at equal distances along each stroke.

    Args:
        pictures: Ink, (N, S, S).
        drawn: The strokes of each, (P, 2) from the middle of the square.
        grain: What a point of each picture is in the square, (N, 2).
    """
    even = [[evenly(stroke, SPACING) for stroke in strokes] for strokes in drawn]
    return Sequences(
        pictures,
        pad_sequence([torch.cat(strokes) for strokes in even], batch_first=True),
        pad_sequence([_ends(strokes) for strokes in even], batch_first=True),
        torch.tensor([sum(map(len, strokes)) for strokes in even]),
        grain,
    )


def evenly(stroke: Tensor, spacing: float) -> Tensor:
    """A stroke's points, the first and last among them, about so far apart; a dot has one."""
    legs = np.hypot(*np.diff(stroke.numpy(), axis=0).T)
    along = np.concatenate([[0], np.cumsum(legs)])
    if along[-1] < spacing / 2:
        return stroke[:1]
    places = np.linspace(0, along[-1], round(along[-1] / spacing) + 1)
    found = [np.interp(places, along, numbers) for numbers in stroke.numpy().T]
    return torch.tensor(np.stack(found, 1), dtype=torch.float32)


def _ends(strokes: Sequence[Tensor]) -> Tensor:
    marks = torch.zeros(sum(map(len, strokes)), 2)
    marks[torch.tensor([len(stroke) for stroke in strokes]).cumsum(0) - 1, 0] = 1
    marks[-1, 1] = 1
    return marks


def blurred(batch: Sequences, generator: torch.Generator | None = None) -> Sequences:
    """Each point anywhere within a point of its picture.

    Pens are recorded in whole points. Left there a density could grow without bound on them; so it
    says how likely the picture's point is.
    """
    within = torch.rand(batch.points.shape, generator=generator) - 0.5
    return replace(batch, points=batch.points + within * batch.grain.unsqueeze(1))


def steps(batch: Sequences, scale: float) -> Tensor:
    """What the pen does at each step, (N, T, 4): dx and dy over the scale, and both ends.

    The first step is from the middle of the square.
    """
    offsets = batch.points.diff(dim=1, prepend=torch.zeros(len(batch), 1, 2))
    return torch.cat([offsets / scale, batch.ends], -1)


def strokes_of(steps: Tensor, scale: float) -> list[Tensor]:
    """The strokes that steps (T, 4) draw, each (P, 2) from the middle of the square."""
    points = steps[:, :2].cumsum(0) * scale
    ends = (steps[:, 2].nonzero().squeeze(1) + 1).tolist()
    return [stroke for stroke in points.tensor_split(ends) if len(stroke)]


def spread(batch: Sequences) -> float:
    """The standard deviation of all offsets, in points of the square; 1 if all are the same."""
    moves = steps(batch, 1.0)
    found = float(moves[live_steps(batch.lengths, moves)][:, :2].std(correction=0))
    return found or 1.0
