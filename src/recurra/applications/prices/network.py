"""The network: a period after the other, and at each the path of the next."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.applications.prices.features import WIDTH
from recurra.applications.prices.rules import Plan
from recurra.layers import Recurrent
from recurra.structures import EachToEach
from recurra.structures.heads.dense import dense
from recurra.structures.heads.steps import mean_over_steps
from recurra.structures.lengths import Lengths

SIZE = 4
"""The numbers of a path: to the open, to the close, above both, below both."""


class PathHead(nn.Module):
    """The next period's path: two numbers that may be anything, and two of at least 0.

    The loss is the mean absolute error of open, high, low and close, in logarithms by the scale, so
    that what is foretold is the median of each. The moves start at none: the last close.

    Args:
        feature_size: F, the numbers that an answer is made of.
    """

    def __init__(self, feature_size: int) -> None:
        super().__init__()
        self.dense = dense(feature_size, SIZE)
        nn.init.zeros_(self.dense.weight)
        with torch.no_grad():
            # The softplus of -1 is about a third of a usual range.
            self.dense.bias[2:] = -1.0

    def forward(self, features: Tensor) -> Tensor:
        """(..., F) to the paths (..., 4)."""
        found: Tensor = self.dense(features)
        return torch.cat([found[..., :2], functional.softplus(found[..., 2:])], -1)

    def loss(self, features: Tensor, targets: Tensor, lengths: Lengths | None = None) -> Tensor:
        """The mean error of a step: features (B, T, F) and paths (B, T, 4)."""
        return mean_over_steps(self._error, features, targets, lengths, (SIZE,))

    def _error(self, features: Tensor, targets: Tensor) -> Tensor:
        return (_moves(self(features)) - _moves(targets)).abs().mean(-1)


def _moves(path: Tensor) -> Tensor:
    """Open, high, low and close above the close before, by the scale, (..., 4)."""
    opened, body, above, below = path.unbind(-1)
    closed = opened + body
    high = torch.maximum(opened, closed) + above
    low = torch.minimum(opened, closed) - below
    return torch.stack([opened, high, low, closed], -1)


class Network(nn.Module):
    """From stretches of periods to the path after each.

    Args:
        plan: How large it is.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        layers = Recurrent(
            plan.cell,
            WIDTH,
            plan.units,
            num_layers=plan.layers,
            dropout=plan.dropout if plan.layers > 1 else 0.0,
            batch_first=True,
        )
        self.structure = EachToEach(layers, PathHead(plan.units))
        self.dropout = nn.Dropout(plan.dropout)

    def loss(self, features: Tensor, targets: Tensor, lengths: Tensor) -> Tensor:
        """The mean error over all periods of a batch: (B, T, 10), (B, T, 4) and (B,)."""
        read = self.dropout(self.structure.features(features, lengths))
        found: Tensor = self.structure.head.loss(read, targets, lengths)
        return found

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """The path after the last period of each row: (B, T, 10) and (B,) to (B, 4)."""
        read = self.structure.features(features, lengths)
        last = read[torch.arange(len(read)), lengths - 1]
        found: Tensor = self.structure.head(last)
        return found
