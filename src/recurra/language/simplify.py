"""Makes a graph smaller without changing what it computes."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from recurra.language.expression import (
    Constant,
    Expression,
    Leaf,
    Linear,
    Pointwise,
    Vector,
    topological,
)


def simplify(outputs: Sequence[Expression]) -> tuple[Expression, ...]:
    """The same outputs with equal nodes shared and sums and products with 0 and 1 removed."""
    made: dict[Hashable, Expression] = {}
    new: dict[Expression, Expression] = {}
    for node in topological(outputs):
        candidate = _reduced(_rebuilt(node, new))
        new[node] = made.setdefault(_key(candidate), candidate)
    return tuple(new[output] for output in outputs)


def _rebuilt(node: Expression, new: dict[Expression, Expression]) -> Expression:
    """The node with its operands replaced by what became of them."""
    if isinstance(node, Linear):
        operand = new[node.operand]
        if operand is node.operand:
            return node
        return Linear(node.parameter, operand, node.transposed, node.result_width)
    if isinstance(node, Pointwise):
        arguments = tuple(new[argument] for argument in node.arguments)
        return node if arguments == node.arguments else Pointwise(node.primitive, arguments)
    return node


def _key(node: Expression) -> Hashable:
    """Equal for nodes that compute the same value from the same operands."""
    match node:
        case Leaf():
            return ("leaf", node.role, node.name)
        case Constant():
            return ("constant", node.value)
        case Vector():
            return ("vector", node.parameter)
        case Linear():
            return ("linear", node.parameter, node.transposed, node.operand)
        case Pointwise():
            return (node.primitive, node.arguments)
    return node


def _reduced(node: Expression) -> Expression:
    """The node, or the simpler one that it equals."""
    if isinstance(node, Linear) and isinstance(node.operand, Constant) and not node.operand.value:
        return Constant(0.0)
    if not isinstance(node, Pointwise):
        return node
    values = [a.value if isinstance(a, Constant) else None for a in node.arguments]
    simpler: Expression = node
    match node.primitive, node.arguments, values:
        case (
            ("add" | "subtract", (a, _), (_, 0.0))
            | ("add", (_, a), (0.0, _))
            | ("multiply" | "divide", (a, _), (_, 1.0))
            | ("multiply", (_, a), (1.0, _))
            | ("negative", (Pointwise("negative", (a,)),), _)
        ):
            simpler = a
        case ("subtract", (_, a), (0.0, _)):
            simpler = _reduced(Pointwise("negative", (a,)))
        case ("multiply", _, (_, 0.0) | (0.0, _)):
            simpler = Constant(0.0)
        case ("negative", (Constant(value),), _):
            simpler = Constant(-value)
    return simpler
