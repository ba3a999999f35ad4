"""Reverse-mode differentiation of a cell's step, on its graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from recurra.language.expression import (
    Constant,
    Expression,
    Leaf,
    Linear,
    Pointwise,
    Spread,
    Total,
    Vector,
    as_expression,
    pointwise,
    topological,
)
from recurra.language.primitives import PRIMITIVES
from recurra.language.simplify import simplify
from recurra.language.trace import Graph
from recurra.language.widths import ONE, Width


@dataclass(frozen=True, eq=False)
class OuterProduct:
    """A matrix's gradient: the sum over the batch of ``left`` times ``right`` transposed."""

    left: Expression
    right: Expression


@dataclass(frozen=True, eq=False)
class Derivative:
    """The step backwards.

    All expressions are of the step's own nodes and of ``updates`` and ``output``: leaves that stand
    for gradients after the step.

    Attributes:
        updates: The gradient that comes in for each state after the step, by name.
        output: The gradient that comes in for the output, where it is not the first state;
            otherwise it is part of that state's.
        inputs: The gradient of each input, by name; like the next two a zero where there is none.
        states: The gradient of each state before the step.
        vectors: The gradient of each vector parameter, a row; to be summed over rows.
        matrices: The gradient of each matrix, parameter or derived from some, as a sum of outer
            products, none if it is zero.
    """

    updates: Mapping[str, Leaf]
    output: Leaf | None
    inputs: Mapping[str, Expression]
    states: Mapping[str, Expression]
    vectors: Mapping[str, Expression]
    matrices: Mapping[str, tuple[OuterProduct, ...]]


def differentiate(graph: Graph) -> Derivative:
    """The derivative of a cell's step by everything it depends on."""
    updates = {name: Leaf(name, "gradient", leaf.width) for name, leaf in graph.states.items()}
    output = None
    if graph.output is not graph.updates[0]:
        output = Leaf("output", "gradient", graph.output.width)
    found = _Found()
    for node, leaf in zip(graph.results, (*updates.values(), output), strict=True):
        if leaf is not None:
            _accumulate(found.gradients, node, leaf)
    for node in reversed(topological(graph.results)):
        if node in found.gradients:
            _visit(found, node, found.gradients[node])
    return _simplified(graph, updates, output, found)


@dataclass
class _Found:
    """What is known on the way back.

    Attributes:
        gradients: The gradient of each node, as far as its users have been met.
        vectors: That of each vector parameter.
        products: Both sides of the outer products that each matrix's gradient is the sum of.
    """

    gradients: dict[Expression, Expression] = field(default_factory=dict)
    vectors: dict[str, Expression] = field(default_factory=dict)
    products: dict[str, list[tuple[Expression, Expression]]] = field(default_factory=dict)


def _visit(found: _Found, node: Expression, gradient: Expression) -> None:
    """Notes what the node's gradient says of its parameter and operands."""
    if isinstance(node, Linear):
        found.products.setdefault(node.parameter, []).append((gradient, node.operand))
    elif isinstance(node, Vector):
        former = found.vectors.get(node.parameter)
        found.vectors[node.parameter] = gradient if former is None else former + gradient
    _propagate(found.gradients, node, gradient)


def _propagate(
    gradients: dict[Expression, Expression], node: Expression, gradient: Expression
) -> None:
    """Adds the node's part to the gradient of each of its operands."""
    match node:
        case Linear(parameter, operand, transposed):
            back = Linear(parameter, gradient, not transposed, operand.width)
            _accumulate(gradients, operand, back)
        case Total(operand):
            _accumulate(gradients, operand, Spread(gradient, operand.width))
        case Pointwise(primitive, arguments):
            parts = PRIMITIVES[primitive].derivative(gradient, node, *arguments)
            for argument, part in zip(arguments, parts, strict=True):
                if not isinstance(argument, Constant):
                    _accumulate(gradients, argument, _fitted(as_expression(part), argument.width))


def _fitted(part: Expression, width: Width) -> Expression:
    """A gradient as wide as what it is the gradient of: what was spread comes back as a sum."""
    return Total(part) if width == ONE and part.width != ONE else part


def _accumulate(
    gradients: dict[Expression, Expression], node: Expression, part: Expression
) -> None:
    former = gradients.get(node)
    gradients[node] = part if former is None else pointwise("add", former, part)


def _simplified(
    graph: Graph, updates: Mapping[str, Leaf], output: Leaf | None, found: _Found
) -> Derivative:
    """Everything simplified in one go, so that what the parts share stays shared."""
    zero = Constant(0.0)
    wanted = [_of_input(leaf, found.gradients) for leaf in graph.inputs.values()]
    wanted += [found.gradients.get(leaf, zero) for leaf in graph.states.values()]
    wanted += found.vectors.values()
    wanted += [side for pairs in found.products.values() for pair in pairs for side in pair]
    result = iter(simplify(wanted))
    return Derivative(
        updates=updates,
        output=output,
        inputs={name: next(result) for name in graph.inputs},
        states={name: next(result) for name in graph.states},
        vectors={name: next(result) for name in found.vectors},
        matrices={
            name: _nonzero(OuterProduct(next(result), next(result)) for _ in pairs)
            for name, pairs in found.products.items()
        },
    )


def _of_input(leaf: Leaf, gradients: Mapping[Expression, Expression]) -> Expression:
    """The gradient of an input, which may be there as several leaves."""
    total: Expression = Constant(0.0)
    for node, gradient in gradients.items():
        if type(node) is Leaf and (node.role, node.name) == ("input", leaf.name):
            # Where the input is as wide as the hidden state, some are of the one width and some of
            # the other.
            same = gradient.width in {leaf.width, ONE}
            total = total + (gradient if same else Spread(gradient, leaf.width))
    return total


def _nonzero(products: Iterable[OuterProduct]) -> tuple[OuterProduct, ...]:
    return tuple(p for p in products if not (_is_zero(p.left) or _is_zero(p.right)))


def _is_zero(node: Expression) -> bool:
    return isinstance(node, Constant) and node.value == 0
