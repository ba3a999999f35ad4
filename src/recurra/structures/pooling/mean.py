"""The mean over a sequence."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra.structures.lengths import Lengths, checked, live_steps


class MeanPooling(nn.Module):
    """The mean of a row's outputs over its own steps."""

    def forward(self, output: Tensor, lengths: Lengths | None = None) -> Tensor:
        """(B, T, D) to (B, D); see :class:`~recurra.structures.pooling.Pooling`."""
        if lengths is None:
            return output.mean(1)
        total = torch.where(live_steps(lengths, output).unsqueeze(-1), output, 0).sum(1)
        return total / checked(lengths, output).clamp(min=1).unsqueeze(-1)
