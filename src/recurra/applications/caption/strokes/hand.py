"""Pictures drawn by a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from recurra.applications.caption.strokes.drawing import Drawing
from recurra.applications.caption.strokes.frame import Frame
from recurra.applications.caption.strokes.head import Chance, PenSteps, drawn_chance
from recurra.applications.caption.strokes.likeness import apart, ink
from recurra.applications.caption.strokes.network import Network, Standing
from recurra.applications.caption.strokes.scores import surplus
from recurra.applications.caption.strokes.sequences import SPACING, strokes_of
from recurra.structures import generate
from recurra.structures.lengths import live_steps

BIAS = 1.0
"""How neat the hand is: Graves 2013 (arXiv:1308.0850), eq. 61 and 62."""

FAINTEST = 0.3
"""Ink from so much on counts as ink when a drawing is held against it."""

ROWS = 100
"""Drawings that are drawn side by side."""

UNENDED = 1e6
"""Worse than any drawing that came to its end."""


@dataclass
class _Neat:
    """A head that draws with a bias, by chance that is known beforehand.

    Attributes:
        head: Of the network.
        chance: Of all steps of rows, (B, T).
        nats: Of the steps that were drawn, (B,) each.
    """

    head: PenSteps
    chance: Chance
    nats: list[Tensor] = field(default_factory=list)

    def sample(self, features: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """A step for each row, (B, 4)."""
        now = Chance(*(numbers[:, len(self.nats)] for numbers in self.chance))
        step = self.head.step(self.head(features), now, BIAS)
        self.nats.append(self.head.nll(features, step))
        return step


class _Hand:
    """A network that draws neatly."""

    def __init__(self, network: Network, chance: Chance) -> None:
        self.network = network
        self.neat = _Neat(network.head, chance)
        self.head: Any = self.neat

    def advance(self, inputs: Tensor, state: Standing) -> tuple[Tensor, Standing]:
        """One step of the network."""
        return self.network.advance(inputs, state)


@dataclass(frozen=True)
class _Drawn:
    """What was drawn, several times of each picture.

    Attributes:
        strokes: Of each drawing, from the middle of the square.
        nats: The mean of its steps, of scaled offsets, (B,).
        ended: Whether it came to its end, (B,).
    """

    strokes: list[list[Tensor]]
    nats: Tensor
    ended: Tensor


def draw(
    network: Network,
    pictures: Tensor,
    frames: Sequence[Frame],
    *,
    beam: int,
    most: int,
    seeds: Sequence[int],
) -> list[Drawing]:
    """The best of some drawings of each picture.

    Points have no finite list of choices that a beam could follow: whole drawings are drawn by
    chance instead, and that is kept whose points lie nearest to the picture's ink, both ways; where
    no ink is seen, that of the likeliest steps; of those that ended, if any did. The likeliest
    alone would be long where steps are easy.

    Args:
        network: In evaluation mode.
        pictures: Ink, (N, S, S).
        frames: Where each lies in it.
        beam: How many are drawn of each.
        most: Steps of a drawing, at most.
        seeds: Of each picture's chance, so that it is drawn alike whatever is drawn beside it.
    """
    together = max(1, ROWS // beam)
    found: list[Drawing] = []
    for begin in range(0, len(pictures), together):
        some = slice(begin, begin + together)
        drawn = _drawn(network, pictures[some], beam, most, seeds[some])
        for place, (picture, frame) in enumerate(zip(pictures[some], frames[some], strict=True)):
            best = _best(drawn, range(place * beam, (place + 1) * beam), picture)
            found.append(_drawing(drawn, best, frame, network.scale))
    return found


@torch.no_grad()
def _drawn(
    network: Network, pictures: Tensor, beam: int, most: int, seeds: Sequence[int]
) -> _Drawn:
    each = [drawn_chance((beam, most), torch.Generator().manual_seed(seed)) for seed in seeds]
    hand = _Hand(network, Chance(*map(torch.cat, zip(*each, strict=True))))
    found = generate(
        hand,
        torch.zeros(len(pictures) * beam, PenSteps.size),
        network.start(pictures.repeat_interleave(beam, 0)),
        max_length=most,
        ends=lambda step: step[:, 3] == 1,
    )
    live = live_steps(found.lengths, found.vectors)
    rows = zip(found.vectors, found.lengths.tolist(), strict=True)
    return _Drawn(
        [strokes_of(steps[:length], network.scale) for steps, length in rows],
        torch.where(live, torch.stack(hand.neat.nats, 1), 0).sum(1) / found.lengths,
        found.vectors[..., 3].sum(1) > 0,
    )


def _best(drawn: _Drawn, rows: range, picture: Tensor) -> int:
    """Which of a picture's drawings is kept."""
    far = _far([drawn.strokes[row] for row in rows], picture)
    some = slice(rows.start, rows.stop)
    worse = (drawn.nats[some] if far is None else far) + UNENDED * ~drawn.ended[some]
    return rows.start + int(worse.argmin())


def _drawing(drawn: _Drawn, row: int, frame: Frame, scale: float) -> Drawing:
    return Drawing(
        tuple(frame.back(stroke) for stroke in drawn.strokes[row]),
        frame.width,
        frame.height,
        float(drawn.nats[row] + surplus(scale, torch.tensor(frame.grain))),
        bool(drawn.ended[row]),
    )


def _far(drawn: list[list[Tensor]], picture: Tensor) -> Tensor | None:
    """How far each drawing lies from the ink of a picture (S, S), (B,); None if there is none."""
    rows, columns = (picture > FAINTEST).nonzero(as_tuple=True)
    if not len(rows):
        return None
    # Of the middle of each point, from the middle of the square.
    seen = torch.stack([columns, rows], 1) + (1 - len(picture)) / 2
    return torch.tensor([apart(ink(strokes, SPACING / 2), seen) for strokes in drawn])
