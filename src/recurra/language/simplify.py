"""Makes a graph smaller without changing what it computes."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from recurra.language.expression import (
    Constant,
    Expression,
    Leaf,
    Linear,
    PerUnit,
    Pointwise,
    Size,
    Spread,
    Total,
    Vector,
    topological,
)
from recurra.language.widths import ONE, Width


def simplify(outputs: Sequence[Expression]) -> tuple[Expression, ...]:
    """The same outputs with equal nodes shared and sums and products with 0 and 1 removed."""
    made: dict[Hashable, Expression] = {}
    new: dict[Expression, Expression] = {}

    def shared(node: Expression) -> Expression:
        simpler = _reduced(node)
        return made.setdefault(_key(simpler), simpler)

    for node in topological(outputs):
        operands = tuple(new[operand] for operand in node.operands)
        if isinstance(node, Linear | Total):
            operands = (shared(as_wide(operands[0], node.operands[0].width)),)
        same = operands == node.operands
        new[node] = shared(node if same else node.rebuilt(operands))
    return tuple(new[output] for output in outputs)


def as_wide(node: Expression, width: Width) -> Expression:
    """A vector's simpler form with as many numbers as it had: ``0 * h + t`` is t, repeated."""
    return Spread(node, width) if node.width == ONE != width else node


def _key(node: Expression) -> Hashable:
    """Equal for nodes that compute the same value from the same operands."""
    match node:
        case Constant():
            return ("constant", node.value)
        case Vector():
            return ("vector", node.parameter)
        case Leaf() | PerUnit() | Size():
            return (type(node), *vars(node).values())
        case Total() | Spread():
            return (type(node), node.width, node.operands)
        case Linear():
            return ("linear", node.parameter, node.transposed, node.operand)
        case Pointwise():
            return (node.primitive, node.arguments)
    return node


def _reduced(node: Expression) -> Expression:
    """The node, or the simpler one that it equals."""
    if isinstance(node, Linear | Total | Spread) and _is_zero(node.operand):
        return Constant(0.0)
    if not isinstance(node, Pointwise):
        return node
    if node.primitive == "where" and node.arguments[1] is node.arguments[2]:
        return node.arguments[1]
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
        case ("multiply", _, (_, 0.0) | (0.0, _)) | ("divide", _, (0.0, _)):
            simpler = Constant(0.0)
        case ("negative", (Constant(value),), _):
            simpler = Constant(-value)
    return simpler


def _is_zero(node: Expression) -> bool:
    return isinstance(node, Constant) and node.value == 0
