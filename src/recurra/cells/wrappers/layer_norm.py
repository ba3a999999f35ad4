"""Layer normalisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recurra.cells.wrappers.wrapper import Wrapper, results
from recurra.errors import CellError
from recurra.language import Expression, Filled, Initial, Parameters, normalised
from recurra.language.expression import Vector, pointwise
from recurra.language.gate import activation
from recurra.language.parameter import is_bias
from recurra.language.reading import each_gate


@dataclass(frozen=True)
class LayerNorm(Wrapper):
    """What each gate squashes is normalised over the units first.

    Ba, Kiros & Hinton 2016 (arXiv:1607.06450, eq. 4): the sum within each gate gets a mean of 0 and
    a variance of 1, is multiplied by a gain, ``gain_GATE``, and the gate's own bias added. A cell
    that names no gate has its new states treated so. As the paper's eq. 20 to 22, but with one
    normalisation for both products, and with the cell state as it is.

    Args:
        cell: A cell whose gates are functions of sums with matrix products in them.
        epsilon: Added to the variance, more than 0.
    """

    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.epsilon > 0:
            raise CellError(f"epsilon={self.epsilon!r}", "a number greater than 0")

    @property
    def initial(self) -> Mapping[str, Initial]:
        """Gains of 1, the rest as the cell within."""
        return {**self.cell.initial, "gain": Filled(1.0)}

    def step(
        self, p: Parameters, x: Expression, *states: Expression, **inputs: Any
    ) -> tuple[Expression, ...]:
        """Take the step with its gates normalised."""
        met = []

        def rule(name: str, value: Expression) -> Expression:
            met.append(name)
            return self._normalised(p, name, value)

        with each_gate(rule):
            stepped = results(self.cell.step(p, x, *states, **inputs))
        if met:
            return stepped
        return tuple(
            self._normalised(p, name, value)
            for name, value in zip(self.states, stepped, strict=True)
        )

    def _normalised(self, p: Parameters, name: str, value: Expression) -> Expression:
        found = activation(value)
        if found is None:
            raise CellError(
                f"LayerNorm of {self.cell.name}, whose {name} is not a function of a sum with a "
                "matrix product in it",
                "gates like sigmoid(p.W @ x + p.U @ h + p.b)",
                "where it wraps another regulariser, put LayerNorm inside: "
                "RecurrentDropout(LayerNorm(cell))",
            )
        function, terms = found
        biases = [t for t in terms if isinstance(t, Vector) and is_bias(t.parameter)]
        rest = _sum([term for term in terms if term not in biases])
        total = getattr(p, f"gain_{name}") * normalised(rest, self.epsilon)
        return pointwise(function, _sum([total, *biases]))


def _sum(terms: list[Expression]) -> Expression:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
