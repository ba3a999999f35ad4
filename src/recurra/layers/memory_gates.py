"""Which gates of a cell say how much of a state is kept, found from its equations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pkgutil import resolve_name

import torch
from torch import Tensor

from recurra.language import Cell, Expression, Graph, trace
from recurra.language.expression import (
    Constant,
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
from recurra.language.gate import terms
from recurra.language.parameter import is_bias
from recurra.language.primitives import PRIMITIVES

_MOVED = 2.0
"""How far a bias is moved to either side to see what its gate does."""

_NOTICED = 1e-6
"""What share of a state must be kept more or less for a gate to count; far above rounding."""


@cache
def memory_biases(cell: Cell) -> Mapping[str, float]:
    """The biases that decide how long a cell remembers: 1.0 where more of it keeps more, else -1.0.

    Those of the gates whose sigmoid says how much of a state stays, or is replaced; and with them
    that of a gate called "input", which says how much comes in. Empty if no gate keeps anything.
    """
    graph = trace(cell)
    found = {name: _sense(graph, name) for name in _squashed(graph)}
    keepers = {name: sense for name, sense in found.items() if sense}
    entry = _entry(graph)
    return {entry: -1.0, **keepers} if keepers and entry else keepers


def _sense(graph: Graph, bias: str) -> float:
    """Whether a gate keeps more of the states as its bias grows, less, or neither: 1, -1 or 0."""
    more = _kept(graph, bias, _MOVED) - _kept(graph, bias, -_MOVED)
    return 0.0 if abs(more) < _NOTICED else 1.0 if more > 0 else -1.0


def _squashed(graph: Graph) -> list[str]:
    """The biases that a sigmoid's sum holds, in the order in which the step is written."""
    sums = (
        node.arguments[0]
        for node in topological(graph.results)
        if isinstance(node, Pointwise) and node.primitive in {"sigmoid", "log_sigmoid"}
    )
    found = {name for one in sums for name in _biases(one)}
    return [name for name in graph.parameters if name in found]


def _entry(graph: Graph) -> str | None:
    """The bias of the gate called "input", where that is a sigmoid with a bias."""
    value = graph.gates.get("input")
    if not isinstance(value, Pointwise) or value.primitive != "sigmoid":
        return None
    return next(_biases(value.arguments[0]), None)


def _biases(total: Expression) -> Iterator[str]:
    for term in terms(total):
        if isinstance(term, Vector) and is_bias(term.parameter):
            yield term.parameter


def _kept(graph: Graph, bias: str, value: float) -> float:
    """What each state after a step owes to itself before it, summed over a unit's states.

    One bias has a value, all other parameters and inputs are zero: then units have nothing to do
    with each other, and one stands for all.
    """
    before: dict[Expression, Tensor] = {
        leaf: torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
        for leaf in graph.states.values()
    }
    values: dict[Expression, Tensor] = {**before}
    for node in topological(graph.results):
        if node not in values:
            values[node] = _value(node, values, {bias: value})
    pairs = zip(graph.updates, before.values(), strict=True)
    return sum(_slope(values[after], state) for after, state in pairs)


def _value(
    node: Expression, values: Mapping[Expression, Tensor], biases: Mapping[str, float]
) -> Tensor:
    match node:
        case Pointwise(primitive):
            function = resolve_name(PRIMITIVES[primitive].python)
            found: Tensor = function(*(values[operand] for operand in node.operands))
            return found
        case Constant(number):
            return _number(number)
        case Vector(parameter):
            return _number(biases.get(parameter, 0.0))
        case PerUnit(numbers):
            return _number(numbers[0])
        case Size():
            return _number(1.0)
        case Total(operand) | Spread(operand):
            return values[operand]
        case Leaf() | Linear():
            return _number(0.0)
    raise AssertionError(node)


def _number(value: float) -> Tensor:
    return torch.tensor(value, dtype=torch.float64)


def _slope(after: Tensor, before: Tensor) -> float:
    if not after.requires_grad:
        return 0.0
    (found,) = torch.autograd.grad(after, before, retain_graph=True, allow_unused=True)
    return 0.0 if found is None else float(found)
