"""What an answer is made of when the source is looked at."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra.layers import Recurrent
from recurra.structures.attention import Attention, masked_softmax
from recurra.structures.heads.dense import dense
from recurra.structures.source import Source


class Attentional(nn.Module):
    """The attentional vector tanh(W [c; h]) of a state h and the context c it attends to.

    Luong, Pham & Manning 2015 (arXiv:1508.04025), eq. 5 and 7.

    Args:
        recurrent: Whose outputs h look.
        attention: How they do.
        source_size: D, the numbers in each step of the source, at least 1.
        feature_size: F, the numbers in the vector, at least 1.

    Raises:
        OptionError: If a size is out of range.
    """

    def __init__(
        self, recurrent: Recurrent, attention: Attention, source_size: int, feature_size: int
    ) -> None:
        super().__init__()
        self.attention = attention
        like = next(recurrent.parameters())
        self.joined = dense(
            source_size + recurrent.output_size,
            feature_size,
            bias=False,
            device=like.device,
            dtype=like.dtype,
        )

    def prepared(self, source: Source) -> Source:
        """The source with its keys, which serve for all steps."""
        return Source(source.values, source.live, self.attention.keys(source.values))

    def forward(self, h: Tensor, source: Source) -> tuple[Tensor, Tensor]:
        """The vectors (B, T, F) of states (B, T, H), and the weights of the source, (B, T, S)."""
        keys = self.attention.keys(source.values) if source.keys is None else source.keys
        live = None if source.live is None else source.live.unsqueeze(1)
        weights = masked_softmax(self.attention(h, keys), live)
        context = weights @ source.values
        return torch.tanh(self.joined(torch.cat([context, h], dim=-1))), weights
