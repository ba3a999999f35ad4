"""What a recurrent layer knows when it has read all."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra.layers import Recurrent
from recurra.structures.lengths import Lengths, checked


class LastStep(nn.Module):
    """Each row's own last output; of a direction that reads backwards, its first.

    Args:
        recurrent: Whose output it is.
    """

    def __init__(self, recurrent: Recurrent) -> None:
        super().__init__()
        self.directions = recurrent.directions

    def forward(self, output: Tensor, lengths: Lengths | None = None) -> Tensor:
        """(B, T, D) to (B, D); see :class:`~recurra.structures.pooling.Pooling`."""
        ways = torch.unflatten(output, -1, (len(self.directions), -1))
        last = [_end(ways[:, :, way], name, lengths) for way, name in enumerate(self.directions)]
        return torch.cat(last, dim=-1)


def _end(output: Tensor, direction: str, lengths: Lengths | None) -> Tensor:
    """Where a direction has read everything, (B, D)."""
    if lengths is None or direction == "backwards":
        return output[:, 0 if direction == "backwards" else -1]
    # A row without a step has an output of 0 everywhere.
    index = (checked(lengths, output) - 1).clamp(min=0).view(-1, 1, 1)
    return output.gather(1, index.expand(-1, 1, output.shape[-1])).squeeze(1)
