"""One to many: one vector in, a sequence out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from recurra.errors import ShapeError
from recurra.layers import Recurrent
from recurra.layers.state import State
from recurra.structures.conditioning import Conditioning
from recurra.structures.embedded import embedded, one_embedded
from recurra.structures.heads import Head
from recurra.structures.heads.symbols import needs_symbols
from recurra.structures.lengths import Lengths
from recurra.structures.one_step import one_step
from recurra.structures.requirements import needs_batch_first, needs_forwards
from recurra.structures.rows import select


@dataclass(frozen=True, slots=True)
class ConditionedState:
    """Where a conditioned sequence stands.

    Attributes:
        recurrent: The state of its recurrent layer; None for zero.
        condition: What it was given, (B, C).
    """

    recurrent: State | None
    condition: Tensor


class OneToMany(nn.Module):
    """Writes a sequence of symbols or vectors that depends on one vector: a caption, a melody.

    Symbols are written by the functions of :mod:`recurra.structures.decoding`, which stop at an end
    mark or a length, vectors by :func:`recurra.structures.generate`.

    Args:
        recurrent: What writes: it takes (B, T, I) and reads forwards only. I is E, or E + C where
            the condition stands beside every step.
        head: What answers, of ``feature_size = recurrent.output_size``.
        conditioning: How the condition comes in: :class:`~recurra.structures.AsFirstStep`,
            :class:`~recurra.structures.AtEveryStep` or :class:`~recurra.structures.InBothWays`.
        embedding: What makes symbols into vectors of E numbers; None if vectors are written, which
            are read as they are.

    Raises:
        OptionError: If the layer takes (T, B, I), or does not read forwards only.
    """

    def __init__(
        self,
        recurrent: Recurrent,
        head: Head,
        conditioning: Conditioning,
        *,
        embedding: nn.Module | None = None,
    ) -> None:
        super().__init__()
        needs_batch_first(recurrent)
        needs_forwards(recurrent)
        self.recurrent = recurrent
        self.head: Head = head
        self.conditioning: Conditioning = conditioning
        self.embedding = embedding

    def forward(self, condition: Tensor, inputs: Tensor, lengths: Lengths | None = None) -> Any:
        """What may come next at each step of known sequences (teacher forcing).

        Args:
            condition: (B, C).
            inputs: What was written before each step: a start mark and all symbols but the last,
                int64 (B, T), or vectors (B, T, D). T at least 1.
            lengths: The length of each row, (B,), from 0 to T; T if None. Inputs behind it may be
                anything.

        Returns:
            What the head gives for each step, such as log-probabilities (B, T, V).

        Raises:
            ShapeError: If shapes do not fit.
        """
        return self.head(self.features(condition, inputs, lengths))

    def loss(
        self, condition: Tensor, inputs: Tensor, targets: Tensor, lengths: Lengths | None = None
    ) -> Tensor:
        """The head's mean loss of a step of known sequences.

        Args:
            condition: (B, C).
            inputs: As for a call.
            targets: What is written at each step, (B, T) or (B, T, D).
            lengths: The length of each row, (B,), from 0 to T; T if None.

        Raises:
            ShapeError: If shapes do not fit, or there is no step.
        """
        return self.head.loss(self.features(condition, inputs, lengths), targets, lengths)

    def features(self, condition: Tensor, inputs: Tensor, lengths: Lengths | None = None) -> Tensor:
        """What answers are made of, (B, T, F): all steps in one call of the layer."""
        state = self.start(condition).recurrent
        x = embedded(self.embedding, inputs, lengths)
        _check_rows(condition, x)
        output: Tensor = self.recurrent(self.conditioning.inputs(x, condition), state)[0]
        return output

    def start(self, condition: Tensor) -> ConditionedState:
        """Where a sequence for each row of a condition (B, C) stands before its first step.

        Raises:
            ShapeError: If the condition has another shape.
        """
        return ConditionedState(self.conditioning.start(self.recurrent, condition), condition)

    def advance(self, inputs: Tensor, state: ConditionedState) -> tuple[Tensor, ConditionedState]:
        """One step: what was written last, (B,) or (B, D), to features (B, F) and the state."""
        x = one_embedded(self.embedding, inputs)
        _check_rows(state.condition, x)
        x = self.conditioning.inputs(x.unsqueeze(1), state.condition).squeeze(1)
        features, after = one_step(self.recurrent, x, state.recurrent)
        return features, ConditionedState(after, state.condition)

    def step(self, symbols: Tensor, state: ConditionedState) -> tuple[Tensor, ConditionedState]:
        """The log-probabilities (B, V) of what follows symbols (B,), and the state after them.

        Raises:
            OptionError: If the head gives no symbols.
            ShapeError: If the symbols do not fit.
        """
        needs_symbols(self.head)
        features, after = self.advance(symbols, state)
        return self.head(features), after

    def select(self, state: ConditionedState, rows: Tensor) -> ConditionedState:
        """The state of other rows, int64 (N,): a row may come again, or not at all."""
        return ConditionedState(
            select(state.recurrent, rows), state.condition.index_select(0, rows)
        )


def _check_rows(condition: Tensor, x: Tensor) -> None:
    if len(condition) != len(x):
        raise ShapeError(
            f"a condition of shape {tuple(condition.shape)} for {len(x)} sequences",
            "one condition for each sequence",
        )
