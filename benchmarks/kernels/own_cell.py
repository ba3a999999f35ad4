"""The cell of docs/tutorials/your-own-cell.md, as a reader has it at the end of that page."""

from dataclasses import dataclass
from typing import Any

from recurra import Cell
from recurra.language import Expression, Filled, gate, sigmoid, tanh


@dataclass(frozen=True)
class Leaky(Cell):
    """Leaky integrator units, each with a rate of its own that is learned."""

    states = ("h",)
    initial = {"v": Filled(-1.0)}  # noqa: RUF012 - declared once, never written to

    def step(self, p: Any, x: Expression, h: Expression) -> Expression:
        """Move towards the candidate at each unit's rate."""
        a = sigmoid(p.v)
        n = gate("candidate", tanh(p.W @ x + p.U @ h + p.b))
        return (1 - a) * h + a * n
