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
    """The same as what decoders write from, one symbol never written.

    Args:
        structure: In evaluation mode.
        never: That symbol; None if all may be.
    """

    def __init__(self, structure: EachToEach, never: int | None) -> None:
        self.structure, self.never = structure, never

    def step(self, symbols: Tensor, state: Any) -> tuple[Tensor, Any]:
        """The log-probabilities (B, V) of what follows symbols (B,), and the state after them."""
        found, after = self.structure.step(symbols, state)
        if self.never is not None:
            hidden = torch.arange(found.shape[1]) == self.never
            found = found.masked_fill(hidden, -torch.inf).log_softmax(-1)
        return found, after

    def select(self, state: Any, rows: Tensor) -> Any:
        """The state of other rows."""
        return self.structure.select(state, rows)
