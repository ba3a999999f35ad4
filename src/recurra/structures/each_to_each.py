"""Each to each: an answer at every step of a sequence."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from recurra.errors import OptionError
from recurra.layers import Recurrent
from recurra.layers.state import State
from recurra.structures.decoding.decoded import Decoded
from recurra.structures.embedded import embedded, one_embedded
from recurra.structures.heads.symbols import needs_symbols
from recurra.structures.lengths import Lengths
from recurra.structures.one_step import one_step
from recurra.structures.requirements import needs_batch_first, needs_forwards
from recurra.structures.rows import select


class EachToEach(nn.Module):
    """Answers at every step: a tagger, a filter, or a language model.

    With :class:`~recurra.structures.heads.TagSequence` as its head the tags are chosen together, by
    a conditional random field. With an embedding and a layer that reads forwards only it is a
    language model, which the functions of :mod:`recurra.structures.decoding` write from; of
    vectors, which :func:`recurra.structures.generate` writes, without an embedding.

    Args:
        recurrent: What reads: it must take (B, T, I), so ``batch_first=True``.
        head: What answers, of ``feature_size = recurrent.output_size``.
        embedding: What makes symbols into vectors of I numbers; None if vectors are read as they
            are.

    Raises:
        OptionError: If ``recurrent`` takes (T, B, I).
    """

    def __init__(
        self, recurrent: Recurrent, head: Any, *, embedding: nn.Module | None = None
    ) -> None:
        super().__init__()
        needs_batch_first(recurrent)
        self.recurrent = recurrent
        self.head = head
        self.embedding = embedding

    def forward(self, inputs: Tensor, lengths: Lengths | None = None) -> Any:
        """The answer at each step.

        Args:
            inputs: Symbols, int64 (B, T), or vectors (B, T, D); T at least 1.
            lengths: The length of each row, (B,), from 0 to T; T if None. What lies behind has no
                influence.

        Returns:
            What the head gives for each step, such as log-probabilities (B, T, V).

        Raises:
            ShapeError: If shapes do not fit.
        """
        return self.head(self.features(inputs, lengths))

    def loss(self, inputs: Tensor, targets: Tensor, lengths: Lengths | None = None) -> Tensor:
        """The head's mean loss of a step.

        Args:
            inputs: As for a call.
            targets: The right answer at each step, (B, T) symbols or (B, T, D) numbers.
            lengths: The length of each row, (B,), from 0 to T; T if None.

        Raises:
            ShapeError: If shapes do not fit, or there is no step.
        """
        found: Tensor = self.head.loss(self.features(inputs, lengths), targets, lengths)
        return found

    def decode(self, inputs: Tensor, lengths: Lengths | None = None) -> Decoded:
        """The likeliest answer at each step, padded with -1, as the head decides.

        Args:
            inputs: As for a call.
            lengths: The length of each row, (B,), from 0 to T; T if None.

        Raises:
            OptionError: If the head does not give symbols or tags.
            ShapeError: If shapes do not fit.
        """
        if not hasattr(self.head, "decode"):
            raise OptionError(
                f"the likeliest symbols of the head {type(self.head).__name__}",
                "a head of symbols or tags: Categorical or TagSequence, say",
                "model.head.mean(model.features(inputs)) for numbers",
            )
        with torch.no_grad():
            found: Decoded = self.head.decode(self.features(inputs, lengths), lengths)
        return found

    def features(self, inputs: Tensor, lengths: Lengths | None = None) -> Tensor:
        """What answers are made of, (B, T, recurrent.output_size)."""
        return self.carried(inputs, None, lengths)[0]

    def carried(
        self, inputs: Tensor, state: State | None, lengths: Lengths | None = None
    ) -> tuple[Tensor, State]:
        """The same from a state on, and the state then, for sequences that come in pieces.

        Args:
            inputs: As for a call.
            state: Where the piece before left the layer; None for zero.
            lengths: The length of each row, (B,), from 0 to T; T if None.
        """
        x = embedded(self.embedding, inputs, lengths)
        output, after = self.recurrent(x, state, lengths=lengths)
        return output, after

    def start(self, read: Tensor | None = None, lengths: Lengths | None = None) -> State | None:
        """Where a sequence stands before its next step.

        Args:
            read: What has been read of each, (B, T) or (B, T, D), without the symbol or vector that
                is given to the next step; None for nothing.
            lengths: How much of it, (B,), from 0 to T; T if None.

        Returns:
            The layer's state; None, which is zero, for nothing.

        Raises:
            OptionError: If the layer does not read forwards only.
            ShapeError: If shapes do not fit.
        """
        needs_forwards(self.recurrent)
        if read is None or not read.shape[1]:
            return None
        return self.carried(read, None, lengths)[1]

    def advance(self, inputs: Tensor, state: State | None) -> tuple[Tensor, State]:
        """One step: symbols (B,) or vectors (B, D) to features (B, F) and the state after."""
        needs_forwards(self.recurrent)
        return one_step(self.recurrent, one_embedded(self.embedding, inputs), state)

    def step(self, symbols: Tensor, state: State | None) -> tuple[Tensor, State]:
        """The log-probabilities (B, V) of what follows symbols (B,), and the state after them.

        Raises:
            OptionError: If the head gives no symbols, or the layer does not read forwards only.
            ShapeError: If the symbols do not fit.
        """
        needs_symbols(self.head)
        features, after = self.advance(symbols, state)
        return self.head(features), after

    def select(self, state: State | None, rows: Tensor) -> State | None:
        """The state of other rows, int64 (N,): a row may come again, or not at all."""
        return select(state, rows)
