"""The hypotheses of a beam as they grow: each step keeps whom it followed, not whole sequences."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass(slots=True)
class Paths:
    """What was added to hypotheses, step by step.

    Attributes:
        parents: For each step the hypothesis of the step before that was extended, (B, K) int64;
            K may differ from step to step.
        symbols: For each step the symbol that was added, (B, K) int64.
    """

    parents: list[Tensor] = field(default_factory=list)
    symbols: list[Tensor] = field(default_factory=list)

    def add(self, parents: Tensor, symbols: Tensor) -> None:
        """Takes a step."""
        self.parents.append(parents)
        self.symbols.append(symbols)

    def traced(self, slots: Tensor, lengths: Tensor, padding: int) -> Tensor:
        """The symbols that led to hypotheses.

        Args:
            slots: Which hypothesis after step ``lengths``, (B, N).
            lengths: How many steps each was in the beam, (B, N).
            padding: Stands behind them.

        Returns:
            (B, N, steps taken).
        """
        columns = []
        for number in reversed(range(len(self.symbols))):
            within = number < lengths
            # Where a hypothesis is not yet there, its slot belongs to another step's beam.
            here = torch.where(within, slots, 0)
            columns.append(self.symbols[number].gather(1, here).masked_fill(~within, padding))
            slots = torch.where(within, self.parents[number].gather(1, here), slots)
        columns.reverse()
        return torch.stack(columns, dim=2) if columns else slots.new_zeros((*slots.shape, 0))
