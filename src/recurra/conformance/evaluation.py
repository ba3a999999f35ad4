"""The values of a graph's nodes at one step, in torch operations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pkgutil import resolve_name

from torch import Tensor

from recurra.language import Expression
from recurra.language.expression import (
    Constant,
    Leaf,
    Linear,
    PerUnit,
    Pointwise,
    Random,
    Size,
    Spread,
    Total,
    Vector,
    topological,
)
from recurra.language.primitives import PRIMITIVES
from recurra.language.widths import resolve


@dataclass(frozen=True)
class Point:
    """Where a step is evaluated.

    Attributes:
        sizes: What the widths ``"H"`` and ``"I"`` are.
        parameters: By name, matrices derived from them included.
        leaves: Inputs, states, random numbers and gradients, by role and name: (B, width).
    """

    sizes: Mapping[str, int]
    parameters: Mapping[str, Tensor]
    leaves: Mapping[tuple[str, str], Tensor]

    def values(self, wanted: Iterable[Expression]) -> dict[Expression, Tensor]:
        """The value of each node and of all that it needs."""
        found: dict[Expression, Tensor] = {}
        for node in topological(wanted):
            operands = [found[operand] for operand in node.operands]
            found[node] = self._computed(node, operands) if operands else self._given(node)
        return found

    def _given(self, node: Expression) -> Tensor:
        """A node that nothing is computed from."""
        like = next(iter(self.leaves.values()))
        match node:
            case Random(name):
                return self.leaves["random", name]
            case Leaf(name, role):
                return self.leaves[role, name]
            case Constant(value):
                return like.new_tensor(value)
            case Size(of):
                return like.new_tensor(resolve(of, self.sizes))
            case PerUnit(over=over):
                return like.new_tensor(node.dealt(resolve(over, self.sizes)))
            case Vector(name):
                return self.parameters[name]
        raise AssertionError(node)

    def _computed(self, node: Expression, operands: list[Tensor]) -> Tensor:
        """A node from its operands."""
        match node:
            case Linear(name, _, transposed):
                matrix = self.parameters[name]
                return operands[0] @ (matrix if transposed else matrix.t())
            case Total():
                return operands[0].sum(-1, keepdim=True)
            case Spread(_, to):
                return operands[0].expand(-1, resolve(to, self.sizes))
            case Pointwise(primitive):
                result: Tensor = resolve_name(PRIMITIVES[primitive].python)(*operands)
                return result
        raise AssertionError(node)
