"""The network: windows of bases to features, both ways over them, a class."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.applications.dna.alphabet import SHARES, mutated
from recurra.applications.dna.classes.rules import Sizes
from recurra.layers import Recurrent
from recurra.structures import ManyToOne, MaxPooling, MeanPooling
from recurra.structures.heads import Categorical


class Windows(nn.Module):
    """Features of each place, of the bases around it; a letter for several bases is their mean."""

    shares: Tensor

    def __init__(self, window: int, features: int) -> None:
        super().__init__()
        self.window = window
        self.dense = nn.Linear(4 * window, features)
        self.register_buffer("shares", SHARES, persistent=False)

    def forward(self, numbers: Tensor) -> Tensor:
        """uint8 (B, T) to (B, T, F)."""
        around = self.window // 2
        bases = functional.pad(self.shares[numbers.long()], (0, 0, around, around))
        seen = bases.unfold(1, self.window, 1).flatten(2)
        return torch.relu(self.dense(seen))


class Middle(nn.Module):
    """The outputs at the two middle steps of each row; of an odd number of steps, one twice."""

    def forward(self, output: Tensor, lengths: Tensor | None = None) -> Tensor:
        """(B, T, D) to (B, 2 D)."""
        if lengths is None:
            lengths = torch.full((len(output),), output.shape[1])
        rows = torch.arange(len(output))
        last = (lengths - 1).clamp(min=0)
        return torch.cat([output[rows, last // 2], output[rows, (last + 1) // 2]], dim=-1)


class Beside(nn.Module):
    """What several poolings make of a row, side by side."""

    def __init__(self, *poolings: nn.Module) -> None:
        super().__init__()
        self.poolings = nn.ModuleList(poolings)

    def forward(self, output: Tensor, lengths: Tensor | None = None) -> Tensor:
        """(B, T, D) to (B, P), P the sum of what they make."""
        return torch.cat([one(output, lengths) for one in self.poolings], dim=-1)


class Network(nn.Module):
    """From a batch of sequences to the scores of classes.

    Args:
        sizes: How large it is.
        classes: C, how many classes there are.
    """

    def __init__(self, sizes: Sizes, classes: int) -> None:
        super().__init__()
        self.mutation = sizes.mutation
        self.windows = Windows(sizes.window, sizes.features)
        reader = Recurrent(
            sizes.cell, sizes.features, sizes.units, bidirectional=True, batch_first=True
        )
        pooled = [MaxPooling(), MeanPooling(), *([Middle()] if sizes.middle else [])]
        head = Categorical((4 if sizes.middle else 2) * reader.output_size, classes)
        self.structure = ManyToOne.with_head(reader, head, pooling=Beside(*pooled))
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(self, numbers: Tensor, lengths: Tensor) -> Tensor:
        """The classes' log-probabilities: uint8 (B, T) and int64 (B,) to (B, C)."""
        if self.training:
            numbers = mutated(numbers, self.mutation)
        return self.answers(self.dropout(self.windows(numbers)), lengths)

    def answers(self, seen: Tensor, lengths: Tensor) -> Tensor:
        """The same from what is seen around each base, (B, T, F)."""
        features = self.structure.features(seen, lengths)
        found: Tensor = self.structure.head(self.dropout(features))
        return found
