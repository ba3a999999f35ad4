"""The network: both ways over a series, its largest and its mean output, a class."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra.applications.series_learning.rules import Sizes
from recurra.layers import Recurrent
from recurra.structures import ManyToOne, MaxPooling, MeanPooling
from recurra.structures.heads import Categorical


class LargestAndMean(nn.Module):
    """The largest of the outputs beside their mean."""

    def __init__(self) -> None:
        super().__init__()
        self.largest, self.mean = MaxPooling(), MeanPooling()

    def forward(self, output: Tensor, lengths: Tensor | None = None) -> Tensor:
        """(B, T, D) to (B, 2 D)."""
        return torch.cat([self.largest(output, lengths), self.mean(output, lengths)], dim=-1)


class Network(nn.Module):
    """From a batch of series to the scores of classes.

    Args:
        width: I, the numbers in a step.
        sizes: How large it is.
        classes: C, how many classes there are.
    """

    def __init__(self, width: int, sizes: Sizes, classes: int) -> None:
        super().__init__()
        reader = Recurrent(
            sizes.cell,
            width,
            sizes.units,
            num_layers=sizes.layers,
            bidirectional=True,
            batch_first=True,
            dropout=sizes.dropout if sizes.layers > 1 else 0.0,
        )
        head = Categorical(2 * reader.output_size, classes)
        self.structure = ManyToOne.with_head(reader, head, pooling=LargestAndMean())
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(self, series: Tensor, lengths: Tensor) -> Tensor:
        """The classes' log-probabilities: (B, T, I) and (B,) to (B, C)."""
        features = self.structure.features(series, lengths)
        found: Tensor = self.structure.head(self.dropout(features))
        return found
