"""Puts a cell's graph in the order in which any kernel computes it.

Two things make a recurrent step quick on every device. Products with the input do not depend on the
step before, so they are taken for all time steps at once, before the loop over time starts
("hoisted"). Products with states cut what remains into stages: within a stage all matrices that
multiply the same vector are one product with the matrices stacked, and all else is pointwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from recurra.language.expression import (
    Constant,
    Expression,
    Leaf,
    Linear,
    Pointwise,
    Random,
    Vector,
    topological,
)
from recurra.language.simplify import as_wide, simplify
from recurra.language.trace import Graph
from recurra.language.widths import Width


@dataclass(frozen=True, eq=False)
class Product:
    """Stacked matrices of as many rows each, times one vector.

    ``results[k] = matrices[k] @ operand + addends[k]``.

    Attributes:
        operand: The vector.
        matrices: The names of the parameters, in the order in which they are stacked.
        addends: What is added to each, or None: a vector, or to a product with a state something
            hoisted.
        results: The node that each computes.
    """

    operand: Expression
    matrices: tuple[str, ...]
    addends: tuple[Expression | None, ...]
    results: tuple[Expression, ...]


@dataclass(frozen=True, eq=False)
class Stage:
    """Products, then all else that they make possible, each after its operands."""

    products: tuple[Product, ...]
    others: tuple[Expression, ...]


@dataclass(frozen=True, eq=False)
class Schedule:
    """A cell's step in the order in which it is computed.

    Attributes:
        inputs: The leaf of each input that is known of all steps before the first, by name.
        randoms: The leaf of the random numbers that take part, by key.
        states: The leaf of each state before the step, by name.
        hoisted: What is computed for all steps at once, in order.
        stages: What each step computes, in order.
        updates: Each state after the step.
        output: The output.
    """

    inputs: Mapping[str, Leaf]
    randoms: Mapping[str, Random]
    states: Mapping[str, Leaf]
    hoisted: tuple[Stage, ...]
    stages: tuple[Stage, ...]
    updates: tuple[Expression, ...]
    output: Expression

    @property
    def results(self) -> tuple[Expression, ...]:
        """All that a step computes: the states after it and the output."""
        return (*self.updates, self.output)


@cache
def schedule(graph: Graph) -> Schedule:
    """The schedule of a cell's step."""
    # Simplified first, so that equal leaves are one, and again, since regrouping builds new sums.
    simpler = simplify(_regrouped(simplify(graph.results)))
    pairs = zip(simpler, graph.results, strict=True)
    results = tuple(as_wide(node, result.width) for node, result in pairs)
    order = topological(results)
    levels = _levels(order)
    fused = _fused(order, results, levels)
    hoisted, stages = (
        tuple(
            _stage(order, levels, fused, level, [*graph.parameters])
            for level in sorted({levels[node] for node in order if node.operands})
            if level.recurrent == recurrent
        )
        for recurrent in (False, True)
    )
    return Schedule(
        graph.inputs, graph.randoms, graph.states, hoisted, stages, results[:-1], results[-1]
    )


class _Level(NamedTuple):
    """Where a node is computed.

    Attributes:
        recurrent: Whether a state takes part in it, so that it belongs inside the loop over time.
        depth: How many products lie one upon another in it, since a state took part or at all.
    """

    recurrent: bool
    depth: int


def _levels(order: list[Expression]) -> dict[Expression, _Level]:
    """The level of each node; in their order all are computed after their operands."""
    levels: dict[Expression, _Level] = {}
    for node in order:
        if isinstance(node, Leaf):
            levels[node] = _Level(node.role != "input", 0)
            continue
        below = max((levels[operand] for operand in node.operands), default=_Level(False, 0))
        levels[node] = _Level(below.recurrent, below.depth + isinstance(node, Linear))
    return levels


def _regrouped(outputs: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """The same sums with their terms in the order in which they become known."""
    order = topological(outputs)
    levels = _levels(order)
    uses = _uses(order, outputs)
    new: dict[Expression, Expression] = {}
    for node in order:
        if isinstance(node, Pointwise) and node.primitive == "add":
            terms = sorted(_terms(node, uses), key=lambda term: _rank(term, levels))
            new[node] = _sum([new[term] for term in terms])
        else:
            new[node] = node.rebuilt([new[operand] for operand in node.operands])
    return tuple(new[output] for output in outputs)


def _uses(order: list[Expression], outputs: tuple[Expression, ...]) -> Counter[Expression]:
    """How often each node is an operand or an output."""
    uses = Counter(operand for node in order for operand in node.operands)
    uses.update(outputs)
    return uses


def _rank(term: Expression, levels: Mapping[Expression, _Level]) -> tuple[bool, int, int]:
    """Where a term stands in a sum: early stages first, and a product before what is added to it.

    Vectors come after the hoisted products they are biases of and before all else.
    """
    if isinstance(term, Vector):
        return (False, 0, 1)
    recurrent, depth = levels[term]
    return (recurrent, depth if recurrent else 0, 0 if isinstance(term, Linear) else 2)


def _terms(total: Pointwise, uses: Mapping[Expression, int]) -> list[Expression]:
    """The terms of a sum, through the sums inside it that nothing else uses."""
    terms: list[Expression] = []
    for term in total.arguments:
        inner = isinstance(term, Pointwise) and term.primitive == "add" and uses[term] == 1
        terms += _terms(term, uses) if inner and isinstance(term, Pointwise) else [term]
    return terms


def _sum(terms: list[Expression]) -> Expression:
    total = terms[0]
    for term in terms[1:]:
        total = Pointwise("add", (total, term))
    return total


def _fused(
    order: list[Expression], updates: tuple[Expression, ...], levels: Mapping[Expression, _Level]
) -> dict[Linear, Pointwise]:
    """Products used only in a sum with something known before the loop: the sum comes free."""
    uses = _uses(order, updates)
    fused: dict[Linear, Pointwise] = {}
    for node in order:
        if not (isinstance(node, Pointwise) and node.primitive == "add"):
            continue
        for product, addend in (node.arguments, node.arguments[::-1]):
            if (
                isinstance(product, Linear)
                and uses[product] == 1
                and addend.width == product.width
                and _ready(addend, levels[product], levels)
            ):
                fused[product] = node
                break
    return fused


def _ready(addend: Expression, product: _Level, levels: Mapping[Expression, _Level]) -> bool:
    """Whether an addend is known before the loop over time, and so before the product."""
    if isinstance(addend, Vector):
        return True
    hoisted = not isinstance(addend, Constant) and not levels[addend].recurrent
    return hoisted and product.recurrent


def _stage(
    order: list[Expression],
    levels: Mapping[Expression, _Level],
    fused: Mapping[Linear, Pointwise],
    level: _Level,
    written: list[str],
) -> Stage:
    """What belongs to one level; matrices that are stacked keep the order they are written in."""
    here = [node for node in order if levels[node] == level]
    groups: dict[tuple[Expression, Width], list[Linear]] = {}
    for node in here:
        if isinstance(node, Linear):
            groups.setdefault((node.operand, node.width), []).append(node)
    places = {name: place for place, name in enumerate(written)}
    for group in groups.values():
        group.sort(key=lambda node: places.get(node.parameter, len(places)))
    elsewhere = {*fused, *fused.values()}
    return Stage(
        products=tuple(_product(operand, group, fused) for (operand, _), group in groups.items()),
        others=tuple(
            n for n in here if n.operands and not isinstance(n, Linear) and n not in elsewhere
        ),
    )


def _product(
    operand: Expression, group: list[Linear], fused: Mapping[Linear, Pointwise]
) -> Product:
    results = tuple(fused.get(node, node) for node in group)
    addends = tuple(
        None
        if total is node
        else next(argument for argument in total.operands if argument is not node)
        for node, total in zip(group, results, strict=True)
    )
    return Product(operand, tuple(node.parameter for node in group), addends, results)
