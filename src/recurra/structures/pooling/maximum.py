"""The largest over a sequence."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra.structures.lengths import Lengths, live_steps


class MaxPooling(nn.Module):
    """The largest of a row's outputs over its own steps, number by number."""

    def forward(self, output: Tensor, lengths: Lengths | None = None) -> Tensor:
        """(B, T, D) to (B, D); see :class:`~recurra.structures.pooling.Pooling`."""
        if lengths is None:
            return output.amax(1)
        live = live_steps(lengths, output)
        found = torch.where(live.unsqueeze(-1), output, -torch.inf).amax(1)
        return torch.where(live.any(1, keepdim=True), found, 0)
