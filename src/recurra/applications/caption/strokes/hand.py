"""Pictures drawn by a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from recurra.applications.caption.strokes.drawing import Drawing
from recurra.applications.caption.strokes.frame import Frame
from recurra.applications.caption.strokes.head import PenSteps
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

UNENDED = 1e6
"""Worse than any drawing that came to its end."""


@dataclass(frozen=True)
class _Neat:
    """A head that draws with a bias."""

    head: PenSteps

    def sample(self, features: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """A step for each row, (B, 4)."""
        return self.head.sample(features, generator, bias=BIAS)


class _Hand:
    """A network that draws neatly."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.head: Any = _Neat(network.head)

    def advance(self, inputs: Tensor, state: Standing) -> tuple[Tensor, Standing]:
        """One step of the network."""
        return self.network.advance(inputs, state)


@torch.no_grad()
def draw(
    network: Network, picture: Tensor, frame: Frame, *, beam: int, most: int, seed: int
) -> Drawing:
    """The best of some drawings of a picture.

    Points have no finite list of choices that a beam could follow: whole drawings are drawn by
    chance instead, and that is kept whose points lie nearest to the picture's ink, both ways; where
    no ink is seen, that of the likeliest steps; of those that ended, if any did. The likeliest
    alone would be long where steps are easy.

    Args:
        network: In evaluation mode.
        picture: Ink, (S, S).
        frame: Where the picture lies in it.
        beam: How many are drawn.
        most: Steps of a drawing, at most.
        seed: Of chance, so that a picture is drawn alike whatever is drawn beside it.
    """
    pictures = picture.expand(beam, -1, -1)
    found = generate(
        _Hand(network),
        torch.zeros(beam, PenSteps.size),
        network.start(pictures),
        max_length=most,
        ends=lambda step: step[:, 3] == 1,
        generator=torch.Generator().manual_seed(seed),
    )
    nats = _nats(network, pictures, found.vectors, found.lengths)
    ended = found.vectors[..., 3].sum(1) > 0
    rows = zip(found.vectors, found.lengths.tolist(), strict=True)
    drawn = [strokes_of(steps[:length], network.scale) for steps, length in rows]
    far = _far(drawn, picture)
    best = int(((nats if far is None else far) + UNENDED * ~ended).argmin())
    return Drawing(
        tuple(frame.back(stroke) for stroke in drawn[best]),
        frame.width,
        frame.height,
        float(nats[best] + surplus(network.scale, torch.tensor(frame.grain))),
        bool(ended[best]),
    )


def _far(drawn: list[list[Tensor]], picture: Tensor) -> Tensor | None:
    """How far each drawing lies from the ink of a picture (S, S), (B,); None if there is none."""
    rows, columns = (picture > FAINTEST).nonzero(as_tuple=True)
    if not len(rows):
        return None
    # Of the middle of each point, from the middle of the square.
    seen = torch.stack([columns, rows], 1) + (1 - len(picture)) / 2
    return torch.tensor([apart(ink(strokes, SPACING / 2), seen) for strokes in drawn])


def _nats(network: Network, pictures: Tensor, steps: Tensor, lengths: Tensor) -> Tensor:
    """The mean of each drawing's steps, of scaled offsets, (B,)."""
    each = network.nll(pictures, steps)
    return torch.where(live_steps(lengths, steps), each, 0).sum(1) / lengths
