"""The passes of a cell: forwards with and without what the backward pass needs, and backwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from recurra.kernels.cpu.functions import SAVED
from recurra.kernels.cpu.loop import Loop, loop
from recurra.kernels.cpu.plan import Array, Plan, plan
from recurra.language import Derivative, Graph, Schedule, differentiate, where
from recurra.language.expression import (
    Constant,
    Expression,
    Leaf,
    Linear,
    Pointwise,
    Total,
    pointwise,
    topological,
)
from recurra.language.simplify import simplify
from recurra.language.widths import ONE

CUT = "cut"
"""The input that says whether the gradient stops before a step."""

OUTSIDE = "outside"
"""The role of a gradient that reaches a state from elsewhere than the next step."""


@dataclass(frozen=True, eq=False)
class Backward:
    """The backward pass.

    Attributes:
        plan: The pass.
        inputs: The node that is each input's gradient, by name, and where it is stored.
        vectors: Where the gradient of each vector is added up, by name.
        lefts: For each matrix the left sides of the outer products that its gradient is the sum of,
            and where they are stored.
        rights: The right sides, and where they lie.
    """

    plan: Plan
    inputs: Mapping[str, Array]
    vectors: Mapping[str, Array]
    lefts: Mapping[str, tuple[Array, ...]]
    rights: Mapping[str, tuple[Array, ...]]


@dataclass(frozen=True, eq=False)
class Passes:
    """All passes of a loop.

    Attributes:
        loop: The loop.
        inference: Forwards, keeping states alone.
        training: Forwards, keeping what the backward pass needs.
        backward: Backwards.
        saved: What the training pass keeps beside the states.
    """

    loop: Loop
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
    return _Maker(loop(schedule, lengths=lengths, reset=reset), cut, every).passes()


class _Maker:
    def __init__(self, made: Loop, cut: bool, every: bool) -> None:
        self.loop = made
        self.graph = made.graph
        self.derivative = differentiate(self.graph)
        self.before = {n: Array(f"before {n}", leaf.width) for n, leaf in self.graph.states.items()}
        self.inputs = {n: Array(n, leaf.width) for n, leaf in self.graph.inputs.items()}
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
        self.outers = {
            name: [(next(found), next(found)) for _ in pairs]
            for name, pairs in derivative.matrices.items()
        }

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

    def _sources(self, order: list[Expression]) -> dict[Expression, Array]:
        """Where the leaves lie."""
        found: dict[Expression, Array] = {}
        for leaf in order:
            if isinstance(leaf, Leaf) and leaf.role == "state":
                found[leaf] = self.before[leaf.name]
            elif isinstance(leaf, Leaf) and leaf.role == "input":
                found[leaf] = self.inputs.setdefault(leaf.name, Array(leaf.name, leaf.width))
        return found

    def passes(self) -> Passes:
        return Passes(
            loop=self.loop,
            inference=self._forward({}),
            training=self._forward(self.saved),
            backward=self._backward(),
            saved=tuple(self.saved.values()),
        )

    def _forward(self, saved: Mapping[Expression, Array]) -> Plan:
        *updates, output = self.results
        stores = [
            (update, Array(f"after {name}", leaf.width))
            for (name, leaf), update in zip(self.graph.states.items(), updates, strict=True)
        ]
        if not shares_output(self.graph):
            stores.append((output, Array("output", self.graph.output.width)))
        stores += saved.items()
        return plan(self._sources(topological(self.results)), stores)

    def _backward(self) -> Backward:
        order = topological([*self._backward_results(), *self.saved])
        sources = self._sources(order) | self.saved
        stores: list[tuple[Expression, Array]] = []
        for name, leaf in self.graph.states.items():
            arriving = Array(f"arriving {name}", leaf.width, turn=1)
            for node in order:
                if isinstance(node, Leaf) and (node.role, node.name) == ("gradient", name):
                    sources[node] = arriving
            stores.append((self.of_states[name], Array(f"leaving {name}", leaf.width, turn=0)))
        for node in order:
            # An output that is no state has a gradient of its own.
            if (
                isinstance(node, Leaf)
                and node.role in {"gradient", OUTSIDE}
                and node not in sources
            ):
                sources[node] = Array(f"outside {node.name}", node.width)
        inputs = {
            name: Array(f"gradient {name}", self.graph.inputs[name].width)
            for name, node in self.of_inputs.items()
            if not isinstance(node, Constant)
        }
        stores += [(self.of_inputs[name], array) for name, array in inputs.items()]
        # What is an input's gradient too is stored once.
        there = {self.of_inputs[name]: array for name, array in inputs.items()}
        lefts: dict[str, tuple[Array, ...]] = {}
        for name, pairs in self.outers.items():
            for left, _ in pairs:
                if left not in there:
                    there[left] = Array(f"left {len(there)}", left.width)
                    stores.append((left, there[left]))
            lefts[name] = tuple(there[left] for left, _ in pairs)
        vectors = {name: Array(f"sum {name}", node.width) for name, node in self.of_vectors.items()}
        sums = [(node, vectors[name]) for name, node in self.of_vectors.items()]
        rights = {
            name: tuple(self._right(right) for _, right in pairs)
            for name, pairs in self.outers.items()
        }
        return Backward(plan(sources, stores, sums), inputs, vectors, lefts, rights)

    def _right(self, node: Expression) -> Array:
        if node in self.saved:
            return self.saved[node]
        return self._sources([node])[node]


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
