"""The network: both ways over a series, its largest and its mean output, a class."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra.applications.series_learning.preparation import Preparation
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
        preparation: What shows series; its reader makes of each step what is read.
        sizes: How large it is.
        classes: C, how many classes there are.
    """

    def __init__(self, preparation: Preparation, sizes: Sizes, classes: int) -> None:
        super().__init__()
        self.reader = preparation.reader()
        reader = Recurrent(
            sizes.cell,
            preparation.width,
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
        """The classes' log-probabilities: what is shown, (B, T, J), and (B,) to (B, C)."""
        features = self.structure.features(self.reader(series), lengths)
        found: Tensor = self.structure.head(self.dropout(features))
        return found
