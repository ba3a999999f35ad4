"""Reverse-mode differentiation of a cell's step, on its graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from recurra.language.expression import (
    Constant,
    Expression,
    Leaf,
    Linear,
    Pointwise,
    Vector,
    as_expression,
    pointwise,
    topological,
)
from recurra.language.primitives import PRIMITIVES
from recurra.language.simplify import simplify
from recurra.language.trace import Graph


@dataclass(frozen=True, eq=False)
class OuterProduct:
    """A matrix's gradient: the sum over the batch of ``left`` times ``right`` transposed."""

    left: Expression
    right: Expression


@dataclass(frozen=True, eq=False)
class Derivative:
    """The step backwards.

    All expressions are of the step's own nodes and of ``updates``: leaves that stand for the
    gradient of each state after the step.

    Attributes:
        updates: The gradient that comes in, by state.
        x: The gradient of the input; like the next two a zero where there is none.
        states: The gradient of each state before the step.
        vectors: The gradient of each vector parameter, a row; to be summed over rows.
        matrices: The gradient of each matrix parameter, as a sum of outer products, none if
            it is zero.
    """

    updates: Mapping[str, Leaf]
    x: Expression
    states: Mapping[str, Expression]
    vectors: Mapping[str, Expression]
    matrices: Mapping[str, tuple[OuterProduct, ...]]


def differentiate(graph: Graph) -> Derivative:
    """The derivative of a cell's step by everything it depends on."""
    incoming = {name: Leaf(name, "gradient") for name in graph.states}
    gradients: dict[Expression, Expression] = {}
    for update, leaf in zip(graph.updates, incoming.values(), strict=True):
        _accumulate(gradients, update, leaf)
    vectors: dict[str, Expression] = {}
    products: dict[str, list[tuple[Expression, Expression]]] = {}
    for node in reversed(topological(graph.updates)):
        if node not in gradients:
            continue
        gradient = gradients[node]
        if isinstance(node, Linear):
            products.setdefault(node.parameter, []).append((gradient, node.operand))
        elif isinstance(node, Vector):
            former = vectors.get(node.parameter)
            vectors[node.parameter] = gradient if former is None else former + gradient
        _propagate(gradients, node, gradient)
    return _simplified(graph, incoming, gradients, vectors, products)


def _propagate(
    gradients: dict[Expression, Expression], node: Expression, gradient: Expression
) -> None:
    """Adds the node's part to the gradient of each of its operands."""
    if isinstance(node, Linear):
        back = Linear(node.parameter, gradient, not node.transposed, node.operand.width)
        _accumulate(gradients, node.operand, back)
    elif isinstance(node, Pointwise):
        parts = PRIMITIVES[node.primitive].derivative(gradient, node, *node.arguments)
        for argument, part in zip(node.arguments, parts, strict=True):
            if not isinstance(argument, Constant):
                _accumulate(gradients, argument, as_expression(part))


def _accumulate(
    gradients: dict[Expression, Expression], node: Expression, part: Expression
) -> None:
    former = gradients.get(node)
    gradients[node] = part if former is None else pointwise("add", former, part)


def _simplified(
    graph: Graph,
    incoming: Mapping[str, Leaf],
    gradients: Mapping[Expression, Expression],
    vectors: Mapping[str, Expression],
    products: Mapping[str, list[tuple[Expression, Expression]]],
) -> Derivative:
    """Everything simplified in one go, so that what the parts share stays shared."""
    zero = Constant(0.0)
    wanted = [gradients.get(graph.x, zero)]
    wanted += [gradients.get(leaf, zero) for leaf in graph.states.values()]
    wanted += vectors.values()
    wanted += [side for pairs in products.values() for pair in pairs for side in pair]
    result = iter(simplify(wanted))
    return Derivative(
        updates=incoming,
        x=next(result),
        states={name: next(result) for name in graph.states},
        vectors={name: next(result) for name in vectors},
        matrices={
            name: _nonzero(OuterProduct(next(result), next(result)) for _ in pairs)
            for name, pairs in products.items()
        },
    )


def _nonzero(products: Iterable[OuterProduct]) -> tuple[OuterProduct, ...]:
    return tuple(p for p in products if not (_is_zero(p.left) or _is_zero(p.right)))


def _is_zero(node: Expression) -> bool:
    return isinstance(node, Constant) and node.value == 0
