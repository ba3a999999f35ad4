"""What a pen does next, and whether the drawing ends with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.structures.heads import PenStrokes
from recurra.structures.heads.pen_strokes import StrokeParameters, placed
from recurra.structures.heads.steps import mean_over_steps
from recurra.structures.lengths import Lengths


class Foretold(NamedTuple):
    """The pen's distribution, and the logarithm of the odds that the drawing ends, (...)."""

    pen: StrokeParameters
    last: Tensor


class Chance(NamedTuple):
    """What a step is drawn by: (..., 3) from 0 up to but not 1, and (..., 2) standard normal."""

    even: Tensor
    normal: Tensor


def drawn_chance(shape: Sequence[int], generator: torch.Generator | None) -> Chance:
    """Chance of so many steps."""
    return Chance(
        torch.rand(*shape, 3, generator=generator), torch.randn(*shape, 2, generator=generator)
    )


class PenSteps(nn.Module):
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

    def forward(self, features: Tensor) -> Foretold:
        """The distribution of a step: (..., F) to (..., M, ...)."""
        return Foretold(self.pen(features), self.last(features).squeeze(-1))

    def nll(self, features: Tensor, targets: Tensor) -> Tensor:
        """The negative log-likelihood of each step, nats: (..., F), (..., 4) to (...)."""
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
        chance = drawn_chance(features.shape[:-1], generator)
        return self.step(self.forward(features), chance, bias)

    @torch.no_grad()
    def step(self, found: Foretold, chance: Chance, bias: float = 0.0) -> Tensor:
        """The step that chance takes, (..., 4).

        Args:
            found: The distribution of a step, (..., M, ...).
            chance: Of each step.
            bias: How much neater the hand is, as PenStrokes says.
        """
        which, end, last = chance.even.unbind(-1)
        shares = (found.pen.weights * (1 + bias)).softmax(-1).cumsum(-1)
        # Shares add up to about 1: the last one takes what is above.
        chosen = (shares[..., :-1] <= which.unsqueeze(-1)).sum(-1)
        place = placed(found.pen, chosen, chance.normal, bias)
        ended = (end < found.pen.end.sigmoid()).float()
        drawn = ended * (last < found.last.sigmoid())
        return torch.cat([place, torch.stack([ended, drawn], -1)], -1)
