"""A weighted mean over a sequence whose weights are learned."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra.structures.attention import masked_softmax
from recurra.structures.heads.dense import dense
from recurra.structures.lengths import Lengths, live_steps


class AttentionPooling(nn.Module):
    """The mean of a row's outputs, weighted by how much each matters.

    The attention of Yang et al. 2016, "Hierarchical attention networks for document
    classification" (NAACL), eq. 5 to 7: u_t = tanh(W h_t + b), weights softmax(u_t' u).

    Args:
        output_size: D, the numbers in each output, at least 1.
        size: The numbers in u, at least 1.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        OptionError: If a size is out of range.
    """

    def __init__(
        self,
        output_size: int,
        size: int,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.seen = dense(output_size, size, device=device, dtype=dtype)
        self.context = dense(size, 1, bias=False, device=device, dtype=dtype)

    def forward(self, output: Tensor, lengths: Lengths | None = None) -> Tensor:
        """(B, T, D) to (B, D); see :class:`~recurra.structures.pooling.Pooling`."""
        return (self.weights(output, lengths).unsqueeze(1) @ output).squeeze(1)

    def weights(self, output: Tensor, lengths: Lengths | None = None) -> Tensor:
        """How much each step matters, (B, T), 0 behind a row's end, 1 in sum before it."""
        scores = self.context(torch.tanh(self.seen(output))).squeeze(-1)
        return masked_softmax(scores, None if lengths is None else live_steps(lengths, output))
