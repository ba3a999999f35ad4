"""A picture in, what a pen does out: an encoder, a recurrent layer, a head."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from glimpses import SIZE, drawn, glimpses
from torch import Tensor, nn
from torch.nn import functional

from recurra import OneToMany, Recurrent
from recurra.structures import InBothWays
from recurra.structures.heads import PenStrokes
from recurra.structures.heads.steps import mean_over_steps
from recurra.structures.lengths import Lengths
from recurra.structures.one_to_many import ConditionedState


class Drawing(nn.Module):
    """The next point of a pen, and whether it is the drawing's last.

    PenStrokes knows where strokes end; that a drawing ends is one more yes or no, asked where a
    stroke does. Answers are (..., 4): two offsets, the stroke's end, the drawing's end.

    Args:
        feature_size: F.
        components: Of the mixture.
    """

    size = 4

    def __init__(self, feature_size: int, components: int) -> None:
        super().__init__()
        self.pen = PenStrokes(feature_size, components)
        self.last = nn.Linear(feature_size, 1)

    def forward(self, features: Tensor) -> Any:
        """The pen's distribution and the logarithm of the odds that the drawing ends."""
        return self.pen(features), self.last(features).squeeze(-1)

    def nll(self, features: Tensor, targets: Tensor) -> Tensor:
        """The negative log-likelihood of each step, nats."""
        odds = self.last(features).squeeze(-1)
        last = functional.binary_cross_entropy_with_logits(odds, targets[..., 3], reduction="none")
        return self.pen.nll(features, targets[..., :3]) + targets[..., 2] * last

    def loss(self, features: Tensor, targets: Tensor, lengths: Lengths | None = None) -> Tensor:
        """The mean over all steps, nats."""
        return mean_over_steps(self.nll, features, targets, lengths, (self.size,))

    @torch.no_grad()
    def sample(
        self, features: Tensor, generator: torch.Generator | None = None, *, bias: float = 0.0
    ) -> Tensor:
        """A step for each row, drawn; the bias makes the hand neater, as PenStrokes says."""
        step = self.pen.sample(features, generator, bias=bias)
        odds = torch.sigmoid(self.last(features)).squeeze(-1)
        last = torch.bernoulli(odds, generator=generator) * step[..., 2]
        return torch.cat([step, last.unsqueeze(-1)], -1)


class Standing(NamedTuple):
    """Where drawings stand.

    The pen's place (B, 2), scaled, whether it is not on paper yet (B, 1), the picture (B, 1, P),
    what of it is drawn (B, P), and the state of what writes.
    """

    place: Tensor
    lifted: Tensor
    picture: Tensor
    drawn: Tensor
    written: ConditionedState


class Draughtsman(nn.Module):
    """Draws a character from its picture.

    Beside what the pen did last it reads where the pen is, the sum of what it did, and what it sees
    from there of the ink that is not drawn yet.

    Args:
        sees: Whether the picture is shown; if not, the network sees white paper.
        units: Of the LSTM.
        code: What the whole picture is made into, numbers.
        glimpse: What the picture around the pen is made into, numbers.
        dropout: On what the code is made of.
        components: Of the mixture.
        scale: Pixels in a unit of the pen's offsets.
    """

    def __init__(
        self,
        *,
        sees: bool,
        units: int = 256,
        code: int = 32,
        glimpse: int = 64,
        dropout: float = 0.5,
        components: int = 20,
        scale: float,
    ) -> None:
        super().__init__()
        self.sees = sees
        self.scale = scale
        self.encoder = _encoder(code, dropout)
        self.glimpse = nn.Sequential(nn.Linear(SIZE, glimpse), nn.ReLU())
        width = Drawing.size + 2 + code + glimpse
        self.writer = OneToMany(
            Recurrent("lstm", width, units, batch_first=True),
            Drawing(units, components),
            InBothWays(code, width),
        )

    @property
    def head(self) -> Drawing:
        """What draws a step."""
        head = self.writer.head
        assert isinstance(head, Drawing)
        return head

    def features(self, pictures: Tensor, targets: Tensor) -> Tensor:
        """What steps (B, T, 4) are foretold from, each from those before it: (B, T, F)."""
        shown = self._shown(pictures)
        before = torch.cat([torch.zeros_like(targets[:, :1]), targets[:, :-1]], 1)
        place = before[..., :2].cumsum(1)
        done = drawn(place * self.scale, _touches(len(before), before.shape[1]))
        read = self._read(before, place, shown.flatten(1).unsqueeze(1), done)
        return self.writer.features(self.encoder(shown.unsqueeze(1)), read)

    def start(self, pictures: Tensor) -> Standing:
        """Where drawings stand before their first step, the pen in the middle and lifted."""
        shown = self._shown(pictures)
        return Standing(
            torch.zeros(len(shown), 2),
            torch.ones(len(shown), 1, dtype=torch.bool),
            shown.flatten(1).unsqueeze(1),
            torch.zeros_like(shown).flatten(1),
            self.writer.start(self.encoder(shown.unsqueeze(1))),
        )

    def advance(self, inputs: Tensor, state: Standing) -> tuple[Tensor, Standing]:
        """What was drawn last, (B, 4), to features (B, F) and where the drawings stand."""
        place = (state.place + inputs[:, :2]).unsqueeze(1)
        done = drawn(place * self.scale, ~state.lifted, state.drawn)
        read = self._read(inputs.unsqueeze(1), place, state.picture, done)
        features, after = self.writer.advance(read.squeeze(1), state.written)
        lifted = torch.zeros_like(state.lifted)
        return features, Standing(place.squeeze(1), lifted, state.picture, done[:, 0], after)

    def _read(self, before: Tensor, place: Tensor, picture: Tensor, done: Tensor) -> Tensor:
        """What is read at each step: what the pen did, where it is, what it sees undrawn."""
        left = (picture * (1 - done)).flatten(0, 1)
        seen = glimpses(left, (place * self.scale).flatten(0, 1))
        return torch.cat([before, place, self.glimpse(seen).unflatten(0, place.shape[:2])], -1)

    def _shown(self, pictures: Tensor) -> Tensor:
        return pictures if self.sees else torch.zeros_like(pictures)


def _touches(rows: int, steps: int) -> Tensor:
    """The pen is on paper at every point but where it starts, in the middle."""
    return (torch.arange(steps) > 0).expand(rows, -1)


def _encoder(condition: int, dropout: float) -> nn.Module:
    """35 x 35 pixels, then 18, 9 and 5 a side, then C numbers."""
    layers: list[nn.Module] = []
    for inputs, outputs in ((1, 16), (16, 32), (32, 64)):
        convolution = nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=False)
        layers += [convolution, nn.BatchNorm2d(outputs), nn.ReLU()]
    flat = nn.Flatten()
    code = nn.Linear(64 * 25, condition)
    return nn.Sequential(*layers, flat, nn.Dropout(dropout), code, nn.LayerNorm(condition))
