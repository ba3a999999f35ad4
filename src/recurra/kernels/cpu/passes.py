"""The passes of a cell: forwards with and without what the backward pass needs, and backwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from recurra.kernels.cpu.arrays import Array, Bundle
from recurra.kernels.cpu.functions import SAVED
from recurra.kernels.cpu.plan import Plan, plan
from recurra.kernels.cpu.whole import whole
from recurra.language import Derivative, Graph, Schedule, differentiate, where
from recurra.language.expression import (
    Constant,
    Expression,
    Leaf,
    Linear,
    Pointwise,
    Random,
    Total,
    pointwise,
    topological,
)
from recurra.language.simplify import simplify
from recurra.language.widths import ONE, Width

CUT = "cut"
"""The input that says whether the gradient stops before a step."""

OUTSIDE = "outside"
"""The role of a gradient that reaches a state from elsewhere than the next step."""


@dataclass(frozen=True, eq=False)
class Outer:
    """Part of a matrix's gradient: the sum of outer products of two vectors.

    Attributes:
        matrix: Which.
        left: As long as the matrix is high.
        right: As long as it is wide.
    """

    matrix: str
    left: Array
    right: Array


@dataclass(frozen=True, eq=False)
class Backward:
    """The backward pass.

    Attributes:
        plan: The pass.
        partial: Where the part of each input's gradient is stored that is no product, by name.
        products: For each input the products that its gradient is the sum of beside that: a matrix
            and the vector that its transpose multiplies.
        vectors: Where the gradient of each vector is added up, by name.
        outers: What the gradients of the matrices are made of.
        bundles: The left sides, side by side.
    """

    plan: Plan
    partial: Mapping[str, Array]
    products: Mapping[str, tuple[tuple[str, Array], ...]]
    vectors: Mapping[str, Array]
    outers: tuple[Outer, ...]
    bundles: tuple[Bundle, ...]


@dataclass(frozen=True, eq=False)
class Passes:
    """All passes of a cell.

    Attributes:
        graph: The cell's step with its marks.
        inference: Forwards, keeping states alone.
        training: Forwards, keeping what the backward pass needs.
        backward: Backwards.
        saved: What the training pass keeps beside the states.
    """

    graph: Graph
    inference: Plan
    training: Plan
    backward: Backward
    saved: tuple[Array, ...]


@cache
def passes(schedule: Schedule, *, lengths: bool, reset: bool, cut: bool, every: bool) -> Passes:
    """The passes of a cell.

    Args:
        schedule: The cell's step.
        lengths: Whether rows may end before the last step.
        reset: Whether rows may start afresh.
        cut: Whether the gradient may be cut.
        every: Whether gradients reach the states after every step, not the last alone.
    """
    rank = {name: place for place, name in enumerate(in_order(schedule))}
    return _Maker(whole(schedule, lengths=lengths, reset=reset), cut, every, rank).passes()


def in_order(schedule: Schedule) -> tuple[str, ...]:
    """The matrices of a cell, those that multiply one vector together."""
    stages = (*schedule.hoisted, *schedule.stages)
    return tuple(name for stage in stages for one in stage.products for name in one.matrices)


class _Maker:
    def __init__(self, graph: Graph, cut: bool, every: bool, rank: Mapping[str, int]) -> None:
        self.graph, self.rank = graph, rank
        self.derivative = differentiate(graph)
        self.inputs = {n: Array(n, leaf.width) for n, leaf in graph.inputs.items()}
        self.rights: dict[Expression, Array] = {}
        self._simplify(cut, every)
        self.saved = self._saved()

    def _simplify(self, cut: bool, every: bool) -> None:
        """Forward and backward simplified in one go, so that what they share is one node."""
        derivative, graph = self.derivative, self.graph
        outers = [pair for pairs in derivative.matrices.values() for pair in pairs]
        states = [*derivative.states.values()]
        if cut:
            states = [where(Leaf(CUT, "input", ONE), 0.0, state) for state in states]
        backward = [
            *derivative.inputs.values(),
            *states,
            *derivative.vectors.values(),
            *(side for pair in outers for side in (pair.left, pair.right)),
        ]
        backward = _with_outside(derivative, backward, every)
        found = iter(simplify([*graph.results, *backward]))
        self.results = [next(found) for _ in graph.results]
        self.of_inputs = {name: next(found) for name in derivative.inputs}
        self.of_states = {name: next(found) for name in derivative.states}
        self.of_vectors = {name: next(found) for name in derivative.vectors}
        pairs = {
            name: [(next(found), next(found)) for _ in pairs]
            for name, pairs in derivative.matrices.items()
        }
        self.outers = {name: pairs[name] for name in sorted(pairs, key=self.rank.__getitem__)}

    def _backward_results(self) -> Iterator[Expression]:
        yield from self.of_inputs.values()
        yield from self.of_states.values()
        yield from self.of_vectors.values()
        for pairs in self.outers.values():
            for left, _ in pairs:
                yield left

    def _saved(self) -> dict[Expression, Array]:
        """What the backward pass takes from the forward pass rather than compute it again."""
        forward = {node for node in topological(self.results) if node.operands}
        kept: dict[Expression, Array] = {}

        def keep(node: Expression) -> None:
            if node not in kept and node in forward:
                kept[node] = Array(f"saved {len(kept)}", node.width)

        seen: set[Expression] = set()

        def visit(node: Expression) -> None:
            if node in seen:
                return
            seen.add(node)
            if node in forward and _is_dear(node):
                keep(node)
                return
            for operand in node.operands:
                visit(operand)

        for pairs in self.outers.values():
            for _, right in pairs:
                keep(right)
        for result in self._backward_results():
            visit(result)
        return kept

    def _sources(self, order: Iterable[Expression], *, forwards: bool) -> dict[Expression, Array]:
        """Where the leaves lie."""
        before = {
            name: Array(f"before {name}", leaf.width, turns=True, shift=-1 if forwards else 1)
            for name, leaf in self.graph.states.items()
        }
        drawn: dict[str, Array] = {}
        found: dict[Expression, Array] = {}
        for leaf in order:
            if isinstance(leaf, Random):
                new = Array(f"chance {leaf.name}", leaf.width)
                found[leaf] = drawn.setdefault(leaf.name, new)
            elif isinstance(leaf, Leaf) and leaf.role == "state":
                found[leaf] = before[leaf.name]
            elif isinstance(leaf, Leaf) and leaf.role == "input":
                found[leaf] = self.inputs.setdefault(leaf.name, Array(leaf.name, leaf.width))
        return found

    def passes(self) -> Passes:
        return Passes(
            graph=self.graph,
            inference=self._forward({}),
            training=self._forward(self.saved),
            backward=self._backward(),
            saved=tuple(self.saved.values()),
        )

    def _forward(self, saved: Mapping[Expression, Array]) -> Plan:
        *updates, output = self.results
        stores = [
            (update, Array(f"after {name}", leaf.width, turns=True))
            for (name, leaf), update in zip(self.graph.states.items(), updates, strict=True)
        ]
        if not shares_output(self.graph):
            stores.append((output, Array("output", self.graph.output.width)))
        stores += saved.items()
        sources = self._sources(topological(self.results), forwards=True)
        steady = [a for a in sources.values() if a in self.inputs.values() and a.width != ONE]
        return plan(sources, stores, steady=steady)

    def _backward(self) -> Backward:
        lefts = self._lefts()
        partial, products = self._of_each_input(lefts)
        order = topological([*self._wanted(partial.values(), lefts), *self.saved])
        sources = self._sources(order, forwards=False) | self.saved
        stores: list[tuple[Expression, Array]] = []
        for name, leaf in self.graph.states.items():
            arriving = Array(f"arriving {name}", leaf.width, turns=True, shift=-1)
            sources |= {n: arriving for n in order if _is_gradient(n, name)}
            leaving = Array(f"leaving {name}", leaf.width, turns=True)
            stores.append((self.of_states[name], leaving))
        for node in order:
            # An output that is no state has a gradient of its own.
            outside = isinstance(node, Leaf) and node.role in {"gradient", OUTSIDE}
            if outside and node not in sources and isinstance(node, Leaf):
                sources[node] = Array(f"outside {node.name}", node.width)
        inputs = {n: Array(f"partial {n}", self.graph.inputs[n].width) for n in partial}
        stores += [(partial[name], array) for name, array in inputs.items()]
        stores += lefts.items()
        vectors = {name: Array(f"sum {name}", node.width) for name, node in self.of_vectors.items()}
        sums = [(node, vectors[name]) for name, node in self.of_vectors.items()]
        bundles = self._bundles(lefts)
        return Backward(
            plan(sources, stores, sums, bundles=bundles),
            inputs,
            products,
            vectors,
            tuple(
                Outer(name, lefts[left], self._right(right))
                for name, pairs in self.outers.items()
                for left, right in pairs
            ),
            bundles,
        )

    def _lefts(self) -> dict[Expression, Array]:
        """Where the left sides of outer products lie."""
        found: dict[Expression, Array] = {}
        for pairs in self.outers.values():
            for left, _ in pairs:
                found.setdefault(left, Array(f"left {len(found)}", left.width))
        return found

    def _of_each_input(
        self, lefts: Mapping[Expression, Array]
    ) -> tuple[dict[str, Expression], dict[str, tuple[tuple[str, Array], ...]]]:
        """The gradient of each input, as what is no product and products that can wait."""
        partial: dict[str, Expression] = {}
        products: dict[str, tuple[tuple[str, Array], ...]] = {}
        for name, node in self.of_inputs.items():
            waiting, rest = [], []
            for term in _terms(node):
                if isinstance(term, Linear) and term.transposed and term.operand in lefts:
                    waiting.append((term.parameter, lefts[term.operand]))
                elif not isinstance(term, Constant):
                    rest.append(term)
            if waiting:
                products[name] = tuple(waiting)
            if rest:
                partial[name] = rest[0]
            for term in rest[1:]:
                partial[name] = Pointwise("add", (partial[name], term))
        return partial, products

    def _wanted(
        self, partial: Iterable[Expression], lefts: Iterable[Expression]
    ) -> Iterator[Expression]:
        yield from partial
        yield from self.of_states.values()
        yield from self.of_vectors.values()
        yield from lefts

    def _bundles(self, lefts: Mapping[Expression, Array]) -> tuple[Bundle, ...]:
        """Left sides that go with the same vectors side by side."""
        kinds: dict[Array, set[bool]] = {}
        for pairs in self.outers.values():
            for left, right in pairs:
                of_input = isinstance(right, Leaf) and right.role == "input"
                kinds.setdefault(lefts[left], set()).add(of_input)
        by_width: dict[Width, list[Array]] = {}
        for array in sorted(kinds, key=lambda a: (len(kinds[a]) == 1, kinds[a] == {False})):
            by_width.setdefault(array.width, []).append(array)
        return tuple(
            Bundle(f"lefts {number}", tuple(members))
            for number, members in enumerate(by_width.values())
        )

    def _right(self, node: Expression) -> Array:
        if node in self.saved:
            return self.saved[node]
        if node not in self.rights:
            self.rights |= self._sources([node], forwards=False)
        return self.rights[node]


def _terms(node: Expression) -> Iterator[Expression]:
    """The terms of a sum, through the sums inside it."""
    if isinstance(node, Pointwise) and node.primitive == "add":
        for argument in node.arguments:
            yield from _terms(argument)
    else:
        yield node


def _is_gradient(node: Expression, name: str) -> bool:
    return isinstance(node, Leaf) and (node.role, node.name) == ("gradient", name)


def shares_output(graph: Graph) -> bool:
    """Whether the output is the first state."""
    return graph.output is graph.updates[0]


def _is_dear(node: Expression) -> bool:
    """Whether a node is kept rather than computed again."""
    if isinstance(node, Pointwise):
        return node.primitive in SAVED
    return isinstance(node, Linear | Total)


def _with_outside(
    derivative: Derivative, results: list[Expression], every: bool
) -> list[Expression]:
    """The gradients that reach states from outside at each step, added to those of the next step.

    An output that is a state brings its gradient so.
    """
    added: dict[str, list[str]] = {name: [name] * every for name in derivative.updates}
    if derivative.output is None:
        next(iter(added.values())).append("output")
    made: dict[Expression, Expression] = {}
    for node in topological(results):
        made[node] = node.rebuilt([made[operand] for operand in node.operands])
        if isinstance(node, Leaf) and node.role == "gradient" and node.name in added:
            for name in added[node.name]:
                made[node] = pointwise("add", made[node], Leaf(name, OUTSIDE, node.width))
    return [made[result] for result in results]
