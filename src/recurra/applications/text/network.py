"""The network: a symbol's vector, layers that read forwards, the next symbol's probability."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from recurra.applications.text.rules import Plan
from recurra.layers import Recurrent
from recurra.structures import EachToEach
from recurra.structures.heads import Categorical


class Reader(nn.Module):
    """A language model as training on streams asks for it: scores at every step, and the state.

    Args:
        plan: How large it is.
        symbols: V, how many there are.
    """

    def __init__(self, plan: Plan, symbols: int) -> None:
        super().__init__()
        network = Recurrent(
            plan.cell,
            plan.embedding,
            plan.units,
            num_layers=plan.layers,
            dropout=plan.dropout if plan.layers > 1 else 0.0,
            batch_first=True,
        )
        self.structure = EachToEach(
            network,
            Categorical(plan.units, symbols),
            embedding=nn.Embedding(symbols, plan.embedding),
        )
        self.input_dropout, self.dropout = nn.Dropout(plan.input_dropout), nn.Dropout(plan.dropout)

    def forward(
        self,
        x: Tensor,
        state: Any,
        *,
        lengths: Tensor | None = None,
        reset: Tensor | None = None,
    ) -> tuple[Tensor, Any]:
        """Scores of what follows each of the symbols (B, T): (B, T, V), and the state then."""
        assert self.structure.embedding is not None
        seen = self.input_dropout(self.structure.embedding(x))
        output, after = self.structure.recurrent(seen, state, lengths=lengths, reset=reset)
        return self.structure.head.scores(self.dropout(output)), after


class Writer:
    """The same as what decoders write from that go forwards only, one symbol never written.

    It keeps the state itself, and what decoders hand on as such is nothing.

    Args:
        structure: In evaluation mode.
        rows: B, the texts that are written side by side.
        state: What they start from; None is zero.
        never: The symbol that is not written; None if all may be.
    """

    def __init__(self, structure: EachToEach, rows: int, state: Any, never: int | None) -> None:
        self.structure, self.never = structure, never
        self._stepper = structure.recurrent.stepper(rows, head=structure.head.dense)
        self._stepper.state = state

    def step(self, symbols: Tensor, state: None) -> tuple[Tensor, None]:
        """The log-probabilities (B, V) of what follows symbols (B,)."""
        assert self.structure.embedding is not None
        scores = self._stepper.step(self.structure.embedding(symbols))
        if self.never is not None:
            scores[:, self.never] = -torch.inf
        return scores.log_softmax(-1), None

    def select(self, state: None, rows: Tensor) -> None:
        """Goes on with other rows, as many as before."""
        self._stepper.state = self.structure.select(self._stepper.state, rows)
