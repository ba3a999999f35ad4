"""A decoder that looks at the source after each step."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor, nn

from recurra.layers import Recurrent
from recurra.layers.state import State
from recurra.structures.attention import Attention
from recurra.structures.attentional import Attentional
from recurra.structures.chance import sequence_seed
from recurra.structures.decoder import DecoderState
from recurra.structures.requirements import needs_batch_first, needs_forwards
from recurra.structures.source import Source


class AttentiveDecoder(nn.Module):
    """A recurrent layer whose output looks at the source before it answers.

    Luong, Pham & Manning 2015 (arXiv:1508.04025), section 3.1, global attention. What it has
    looked at does not enter the recurrence, so that all steps of a known sequence run at once.

    Args:
        recurrent: What writes: I = E, the numbers in each step of what has been written.
        attention: How it looks at the source.
        source_size: D, the numbers in each step of the encoder's output, at least 1.
        feature_size: F, the numbers that an answer is made of, at least 1.

    Raises:
        OptionError: If the layer takes (T, B, I) or does not read forwards only, or a size is out
            of range.
    """

    def __init__(
        self, recurrent: Recurrent, attention: Attention, source_size: int, feature_size: int
    ) -> None:
        super().__init__()
        needs_batch_first(recurrent)
        needs_forwards(recurrent)
        self.recurrent = recurrent
        self.looks = Attentional(recurrent, attention, source_size, feature_size)
        self.feature_size = feature_size

    def start(self, source: Source, state: State) -> DecoderState:
        """Where it stands before the first step."""
        return DecoderState(state, self.looks.prepared(source), sequence_seed(self.recurrent))

    def forward(self, x: Tensor, state: DecoderState) -> tuple[Tensor, Tensor, DecoderState]:
        """All T steps in one call of the layer.

        See :class:`~recurra.structures.decoder.AnyDecoder`.

        Returns:
            (B, T, F), (B, T, S), and where it stands then.
        """
        output, recurrent = self.recurrent(x, state.recurrent, seed=state.seed)
        features, weights = self.looks(output, state.source)
        return features, weights, replace(state, recurrent=recurrent, weights=weights[:, -1])
