"""What writes a sequence from what an encoder has read, without looking back at it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from torch import Tensor, nn

from recurra.layers import Recurrent
from recurra.layers.state import State
from recurra.structures.chance import sequence_seed
from recurra.structures.requirements import needs_batch_first, needs_forwards
from recurra.structures.rows import select
from recurra.structures.source import Source


@dataclass(frozen=True, slots=True)
class DecoderState:
    """Where a decoder stands.

    Attributes:
        recurrent: The state of its recurrent layer.
        source: What it writes from.
        seed: What chance in its layer's equations starts from in every step; None without chance.
        fed: What its last answer was made of, (B, F), where it is read at the next step; else None.
        weights: How much it looked at each step of the source when it last answered, (B, S), 1 in
            sum (0 for a source of length 0); None if it has not, or never looks.
    """

    recurrent: State
    source: Source
    seed: int | None = None
    fed: Tensor | None = None
    weights: Tensor | None = None

    def select(self, rows: Tensor) -> DecoderState:
        """The same for other rows, int64 (N,): a row may come again, or not at all."""
        return DecoderState(
            select(self.recurrent, rows),
            self.source.select(rows),
            self.seed,
            None if self.fed is None else self.fed.index_select(0, rows),
            None if self.weights is None else self.weights.index_select(0, rows),
        )


class AnyDecoder(Protocol):
    """What all decoders do.

    Attributes:
        recurrent: Its recurrent layer, which reads forwards and takes (B, T, I).
        feature_size: F, the numbers that it makes an answer of.
    """

    recurrent: Recurrent
    feature_size: int

    def start(self, source: Source, state: State) -> DecoderState:
        """Where it stands before the first step."""
        ...

    def __call__(
        self, x: Tensor, state: DecoderState
    ) -> tuple[Tensor, Tensor | None, DecoderState]:
        """Reads what has been written, T steps at once.

        Args:
            x: (B, T, E), T at least 1.
            state: Where it stands before them.

        Returns:
            What answers are made of, (B, T, F); how much each looked at each step of the source,
            (B, T, S), or None if it never looks; and where the decoder stands then.
        """
        ...


class Decoder(nn.Module):
    """A recurrent layer that starts from what the encoder knew at its end and never looks back.

    Sutskever, Vinyals & Le 2014 (arXiv:1409.3215), section 2.

    Args:
        recurrent: What writes: I = E, the numbers in each step of what has been written.

    Raises:
        OptionError: If it takes (T, B, I), or does not read forwards only.
    """

    def __init__(self, recurrent: Recurrent) -> None:
        super().__init__()
        needs_batch_first(recurrent)
        needs_forwards(recurrent)
        self.recurrent = recurrent
        self.feature_size = recurrent.output_size

    def start(self, source: Source, state: State) -> DecoderState:
        """Where it stands before the first step."""
        return DecoderState(state, source, sequence_seed(self.recurrent))

    def forward(self, x: Tensor, state: DecoderState) -> tuple[Tensor, None, DecoderState]:
        """All T steps in one call of the layer; see :class:`AnyDecoder`."""
        output, after = self.recurrent(x, state.recurrent, seed=state.seed)
        return output, None, replace(state, recurrent=after)
