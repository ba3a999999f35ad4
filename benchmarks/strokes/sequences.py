"""Drawings as sequences of points, and as what a pen does from point to point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

SPACING = 4.5
"""Pixels along a stroke from point to point."""


@dataclass(frozen=True)
class Sequences:
    """N drawings, of T points at most.

    Attributes:
        pictures: (N, 35, 35).
        points: (N, T, 2) in pixels from the middle; 0 behind a drawing's end.
        ends: (N, T, 2): 1 where a point ends its stroke, and 1 where it ends the drawing.
        lengths: The points of each, (N,).
    """

    pictures: Tensor
    points: Tensor
    ends: Tensor
    lengths: Tensor

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, rows: Tensor) -> Sequences:
        """Some of them, no wider than the longest asks for."""
        longest = int(self.lengths[rows].max())
        return Sequences(
            self.pictures[rows],
            self.points[rows, :longest],
            self.ends[rows, :longest],
            self.lengths[rows],
        )


def sequences(pictures: Sequence[Tensor], drawn: Sequence[Sequence[Tensor]]) -> Sequences:
    """Drawings with points at equal distances along each stroke."""
    even = [[_even(stroke) for stroke in strokes] for strokes in drawn]
    pad = torch.nn.utils.rnn.pad_sequence
    return Sequences(
        torch.stack(list(pictures)),
        pad([torch.cat(strokes) for strokes in even], batch_first=True),
        pad([_ends(strokes) for strokes in even], batch_first=True),
        torch.tensor([sum(map(len, strokes)) for strokes in even]),
    )


def _even(stroke: Tensor) -> Tensor:
    """A stroke's points, the first and last among them, about SPACING apart; a dot has one."""
    legs = np.hypot(*np.diff(stroke.numpy(), axis=0).T)
    along = np.concatenate([[0], np.cumsum(legs)])
    if along[-1] < SPACING / 2:
        return stroke[:1]
    places = np.linspace(0, along[-1], round(along[-1] / SPACING) + 1)
    even = [np.interp(places, along, numbers) for numbers in stroke.numpy().T]
    return torch.tensor(np.stack(even, 1), dtype=torch.float32)


def _ends(strokes: Sequence[Tensor]) -> Tensor:
    marks = torch.zeros(sum(map(len, strokes)), 2)
    marks[torch.tensor([len(stroke) for stroke in strokes]).cumsum(0) - 1, 0] = 1
    marks[-1, 1] = 1
    return marks


def steps(sequences: Sequences, scale: float) -> Tensor:
    """What the pen does at each step, (N, T, 4): dx and dy over the scale, and both ends.

    The first step is from the picture's middle.
    """
    offsets = sequences.points.diff(dim=1, prepend=torch.zeros(len(sequences), 1, 2))
    return torch.cat([offsets / scale, sequences.ends], -1)


def strokes(steps: Tensor, scale: float) -> list[Tensor]:
    """The strokes that steps (T, 4) draw, each (P, 2) in pixels from the middle."""
    points = steps[:, :2].cumsum(0) * scale
    ends = (steps[:, 2].nonzero().squeeze(1) + 1).tolist()
    return [stroke for stroke in points.tensor_split(ends) if len(stroke)]


def spread(sequences: Sequences) -> float:
    """The standard deviation of all offsets, in pixels."""
    there = torch.arange(sequences.points.shape[1]) < sequences.lengths.unsqueeze(1)
    return float(steps(sequences, 1.0)[there][:, :2].std())
