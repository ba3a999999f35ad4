"""A decoder that remembers what it looked at."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from recurra.errors import OptionError
from recurra.layers import Recurrent
from recurra.layers.state import State
from recurra.structures.attention import Attention
from recurra.structures.attentional import Attentional
from recurra.structures.chance import sequence_seed
from recurra.structures.decoder import DecoderState
from recurra.structures.one_step import one_step
from recurra.structures.requirements import needs_batch_first, needs_forwards
from recurra.structures.source import Source


class InputFeedingDecoder(nn.Module):
    """A recurrent layer that looks at the source and reads at each step what it found before.

    Luong, Pham & Manning 2015 (arXiv:1508.04025), section 3.3: the attentional vector joins the
    next step's input. Each step needs the one before, so that even a known sequence takes a call
    of the layer for each step; :class:`~recurra.structures.attentive_decoder.AttentiveDecoder`
    takes one for all.

    Args:
        recurrent: What writes: I = E + F, each step of what has been written and the vector.
        attention: How it looks at the source.
        source_size: D, the numbers in each step of the encoder's output, at least 1.
        feature_size: F, the numbers in the vector, which an answer is made of, at least 1.

    Raises:
        OptionError: If the layer takes (T, B, I), does not read forwards only, or has no room for
            E and F numbers, or a size is out of range.
    """

    def __init__(
        self, recurrent: Recurrent, attention: Attention, source_size: int, feature_size: int
    ) -> None:
        super().__init__()
        needs_batch_first(recurrent)
        needs_forwards(recurrent)
        if recurrent.input_size <= feature_size:
            raise OptionError(
                f"input_size={recurrent.input_size} with feature_size={feature_size}",
                "an input of the symbol's vector and the vector fed, side by side",
                "input_size=embedding_dim + feature_size",
            )
        self.recurrent = recurrent
        self.looks = Attentional(recurrent, attention, source_size, feature_size)
        self.feature_size = feature_size

    def start(self, source: Source, state: State) -> DecoderState:
        """Where it stands before the first step: it has found nothing, which is zero."""
        fed = source.values.new_zeros(source.values.shape[0], self.feature_size)
        return DecoderState(state, self.looks.prepared(source), sequence_seed(self.recurrent), fed)

    def forward(self, x: Tensor, state: DecoderState) -> tuple[Tensor, Tensor, DecoderState]:
        """A call of the layer for each step; see :class:`~recurra.structures.decoder.AnyDecoder`.

        Returns:
            (B, T, F), (B, T, S), and where it stands then.
        """
        features, weights = [], []
        for now in x.unbind(1):
            state = self._advance(now, state)
            features.append(state.fed)
            weights.append(state.weights)
        return torch.stack(features, 1), torch.stack(weights, 1), state  # type: ignore[arg-type]

    def _advance(self, x: Tensor, state: DecoderState) -> DecoderState:
        """After one more step, (B, E)."""
        fed: Tensor = state.fed  # type: ignore[assignment]  # start() sets it
        h, recurrent = one_step(
            self.recurrent, torch.cat([x, fed], dim=-1), state.recurrent, state.seed
        )
        found, weights = self.looks(h.unsqueeze(1), state.source)
        return replace(state, recurrent=recurrent, fed=found.squeeze(1), weights=weights.squeeze(1))
