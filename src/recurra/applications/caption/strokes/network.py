"""A picture in, what a pen does out: an encoder, a recurrent layer, a head."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from recurra.applications.caption.strokes.glimpses import SIZE, covered, glimpses
from recurra.applications.caption.strokes.head import PenSteps
from recurra.applications.caption.strokes.rules import Plan
from recurra.layers import Recurrent
from recurra.structures import InBothWays, OneToMany
from recurra.structures.one_to_many import ConditionedState

GROUPS = 8


class Standing(NamedTuple):
    """Where drawings stand.

    The pen's place (B, 2), scaled, whether it is not on paper yet (B, 1), the picture (B, S, S),
    what of it is drawn (B, S²), and the state of what draws.
    """

    place: Tensor
    lifted: Tensor
    picture: Tensor
    covered: Tensor
    state: ConditionedState


class Network(nn.Module):
    """Draws what is in a picture, point by point.

    The strokes are those of Graves 2013 (arXiv:1308.0850), section 4, given a picture. Beside what
    the pen did last it reads where the pen is, the sum of what it did, and what it sees from there
    of the ink that is not drawn yet.

    Args:
        plan: How large it is.
        scale: Points of the square in a unit of the pen's offsets.
    """

    def __init__(self, plan: Plan, scale: float) -> None:
        super().__init__()
        self.side, self.scale = plan.side, scale
        self.encoder = _encoder(plan)
        self.glimpse = nn.Sequential(nn.Linear(SIZE, plan.glimpse), nn.ReLU())
        width = PenSteps.size + 2 + plan.code + plan.glimpse
        self.head = PenSteps(plan.units, plan.components)
        self.writer = OneToMany(
            Recurrent(plan.cell, width, plan.units, batch_first=True),
            self.head,
            InBothWays(plan.code, width),
        )

    def features(self, pictures: Tensor, targets: Tensor) -> Tensor:
        """What steps (B, T, 4) are foretold from, each from those before it: (B, T, F)."""
        before = torch.cat([torch.zeros_like(targets[:, :1]), targets[:, :-1]], 1)
        place = before[..., :2].cumsum(1)
        touches = (torch.arange(before.shape[1]) > 0).expand(len(before), -1)
        done = covered(place * self.scale, touches, self.side)
        read = self._read(before, place, pictures, done)
        return self.writer.features(self.encoder(pictures.unsqueeze(1)), read)

    def nll(self, pictures: Tensor, targets: Tensor) -> Tensor:
        """The negative log-likelihood of steps (B, T, 4) in nats, of scaled offsets: (B, T)."""
        return self.head.nll(self.features(pictures, targets), targets)

    def start(self, pictures: Tensor) -> Standing:
        """Where drawings stand before their first step, the pen in the middle and lifted."""
        return Standing(
            torch.zeros(len(pictures), 2),
            torch.ones(len(pictures), 1, dtype=torch.bool),
            pictures,
            torch.zeros_like(pictures).flatten(1),
            self.writer.start(self.encoder(pictures.unsqueeze(1))),
        )

    def advance(self, inputs: Tensor, state: Standing) -> tuple[Tensor, Standing]:
        """What was drawn last, (B, 4), to features (B, F) and where the drawings stand."""
        read, standing = self.look(inputs, state)
        features, after = self.writer.advance(read, state.state)
        return features, standing._replace(state=after)

    def look(self, inputs: Tensor, state: Standing) -> tuple[Tensor, Standing]:
        """What is read after what was drawn last, and where drawings stand but for the layer."""
        place = (state.place + inputs[:, :2]).unsqueeze(1)
        done = covered(place * self.scale, ~state.lifted, self.side, state.covered)
        read = self._read(inputs.unsqueeze(1), place, state.picture, done)
        lifted = torch.zeros_like(state.lifted)
        standing = state._replace(place=place.squeeze(1), lifted=lifted, covered=done[:, 0])
        return read.squeeze(1), standing

    def _read(self, before: Tensor, place: Tensor, pictures: Tensor, done: Tensor) -> Tensor:
        """What is read at each step: what the pen did, where it is, what it sees undrawn."""
        shape = place.shape[:2]
        left = pictures.unsqueeze(1) * (1 - done.reshape(*shape, self.side, self.side))
        seen = glimpses(left.flatten(0, 1), (place * self.scale).flatten(0, 1))
        return torch.cat([before, place, self.glimpse(seen).reshape(*shape, -1)], -1)


def _encoder(plan: Plan) -> nn.Module:
    """Three convolutions, each of which halves the sides, then C numbers."""
    layers: list[nn.Module] = []
    side = plan.side
    for given, made in ((1, 16), (16, 32), (32, 64)):
        side = -(-side // 2)
        convolution = nn.Conv2d(given, made, 3, stride=2, padding=1)
        layers += [convolution, nn.GroupNorm(GROUPS, made), nn.ReLU()]
    code = nn.Linear(64 * side**2, plan.code)
    hidden = nn.Dropout(plan.dropout)
    return nn.Sequential(*layers, nn.Flatten(), hidden, code, nn.LayerNorm(plan.code))
