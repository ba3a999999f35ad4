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
from recurra.applications.caption.strokes.nearness import far
from recurra.applications.caption.strokes.network import Network, Standing
from recurra.applications.caption.strokes.scores import surplus
from recurra.applications.caption.strokes.sequences import strokes_of
from recurra.structures import generate
from recurra.structures.lengths import live_steps

BIAS = 1.0
"""How neat the hand is: Graves 2013 (arXiv:1308.0850), eq. 61 and 62."""

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
        features: Of the steps that were drawn, (B, F) each.
    """

    head: PenSteps
    chance: Chance
    features: list[Tensor] = field(default_factory=list)

    def sample(self, features: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """A step for each row, (B, 4)."""
        now = Chance(*(numbers[:, len(self.features)] for numbers in self.chance))
        # The next step overwrites them.
        self.features.append(features.clone())
        return self.head.step(self.head(features), now, BIAS)


class _Hand:
    """A network that draws neatly, its recurrent layer in a stepper."""

    def __init__(self, network: Network, chance: Chance, start: Standing) -> None:
        self.network = network
        self.neat = _Neat(network.head, chance)
        self.head: Any = self.neat
        self._stepper = network.writer.recurrent.stepper(len(start.place))
        self._stepper.state = start.state.recurrent

    def advance(self, inputs: Tensor, state: Standing) -> tuple[Tensor, Standing]:
        """One step of the network."""
        read, standing = self.network.look(inputs, state)
        told = self.network.writer.conditioning.inputs(read.unsqueeze(1), state.state.condition)
        return self._stepper.step(told.squeeze(1).contiguous()), standing


@dataclass(frozen=True)
class _Drawn:
    """What was drawn, several times of each picture.

    Attributes:
        steps: What the pen did, (B, T, 4).
        live: Which of them are of the drawing, (B, T).
        nats: The mean of the steps, of scaled offsets, (B,).
    """

    steps: Tensor
    live: Tensor
    nats: Tensor

    @property
    def ended(self) -> Tensor:
        """Which came to their end, (B,)."""
        return self.steps[..., 3].sum(1) > 0

    def __getitem__(self, some: slice) -> _Drawn:
        """Some of the drawings."""
        return _Drawn(self.steps[some], self.live[some], self.nats[some])


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
            several = drawn[place * beam : (place + 1) * beam]
            found.append(_best(several, picture, frame, network.scale))
    return found


@torch.no_grad()
def _drawn(
    network: Network, pictures: Tensor, beam: int, most: int, seeds: Sequence[int]
) -> _Drawn:
    each = [drawn_chance((beam, most), torch.Generator().manual_seed(seed)) for seed in seeds]
    start = network.start(pictures.repeat_interleave(beam, 0))
    hand = _Hand(network, Chance(*map(torch.cat, zip(*each, strict=True))), start)
    found = generate(
        hand,
        torch.zeros(len(start.place), PenSteps.size),
        start,
        max_length=most,
        ends=lambda step: step[:, 3] == 1,
    )
    live = live_steps(found.lengths, found.vectors)
    nats = network.head.nll(torch.stack(hand.neat.features, 1), found.vectors)
    return _Drawn(found.vectors, live, torch.where(live, nats, 0).sum(1) / found.lengths)


def _best(drawn: _Drawn, picture: Tensor, frame: Frame, scale: float) -> Drawing:
    """The one of a picture's drawings that is kept."""
    apart = far(drawn.steps, drawn.live, scale, picture)
    worse = (drawn.nats if apart is None else apart) + UNENDED * ~drawn.ended
    best = int(worse.argmin())
    strokes = strokes_of(drawn.steps[best][drawn.live[best]], scale)
    return Drawing(
        tuple(frame.back(stroke) for stroke in strokes),
        frame.width,
        frame.height,
        float(drawn.nats[best] + surplus(scale, torch.tensor(frame.grain))),
        bool(drawn.ended[best]),
    )
