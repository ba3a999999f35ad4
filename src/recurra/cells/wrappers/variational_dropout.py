"""Variational dropout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recurra.cells.wrappers.wrapper import Wrapper, share
from recurra.language import Expression, Parameters, either
from recurra.language.expression import Leaf, topological
from recurra.language.reading import each_product


@dataclass(frozen=True)
class VariationalDropout(Wrapper):
    """Units are left out of what enters the products, the same at all steps of a sequence.

    Gal & Ghahramani 2016 (arXiv:1512.05287, section 4, "tied weights", eq. 7): one mask for the
    input and one for what depends on the state, for all gates. What is kept is divided by the
    chance of being kept, so evaluation leaves the cell as it is. What a cell uses unit by unit, as
    a GRU its former state, stays whole.

    Args:
        cell: The cell.
        rate: The chance of a unit of the state being left out, from 0 up to but not 1.
        input_rate: The same for the input; like ``rate`` if None.
    """

    rate: float = 0.25
    input_rate: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        share("rate", self.rate)
        share("input_rate", self.rate if self.input_rate is None else self.input_rate)

    def step(
        self, p: Parameters, x: Expression, *states: Expression, **inputs: Any
    ) -> Expression | tuple[Expression, ...]:
        """Take the step with part of its products' vectors left out."""
        masked: dict[Expression, Expression] = {}

        def dropped(vector: Expression) -> Expression:
            if vector not in masked:
                masked[vector] = self._masked(vector, len(masked))
            return masked[vector]

        with each_product(dropped):
            stepped: Expression | tuple[Expression, ...]
            stepped = self.cell.step(p, x, *states, **inputs)
        return stepped

    def _masked(self, vector: Expression, number: int) -> Expression:
        recurrent = any(
            isinstance(node, Leaf) and node.role == "state" for node in topological([vector])
        )
        rate = self.rate if recurrent or self.input_rate is None else self.input_rate
        if not rate:
            return vector
        return either(rate, 0.0, vector / (1 - rate), key=f"vector {number}", per="sequence")
