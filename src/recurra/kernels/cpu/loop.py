"""The part of a cell that must wait for the step before.

All else is computed for all steps at once.

What the loop needs of the rest becomes an input of its own, so that the loop is a cell too: one
whose inputs are what the products with the true input gave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recurra.language import Graph, Schedule, where
from recurra.language.expression import (
    Constant,
    Expression,
    Leaf,
    Size,
    Vector,
    topological,
    varies,
)
from recurra.language.widths import ONE

RUNNING, FRESH = "running", "fresh"
"""The inputs that say whether a row has not ended, and whether it starts afresh."""


@dataclass(frozen=True, eq=False)
class Loop:
    """A cell's loop over time.

    Attributes:
        graph: Its equations, with inputs and vectors of its own.
        inputs: What each input is, by name: a node of the cell known for all steps.
        vectors: What each vector is, by name: a node of the cell that is the same at all steps.
    """

    graph: Graph
    inputs: Mapping[str, Expression]
    vectors: Mapping[str, Expression]


def loop(schedule: Schedule, *, lengths: bool, reset: bool) -> Loop:
    """The loop of a cell.

    Args:
        schedule: The cell's step.
        lengths: Whether rows may end before the last step.
        reset: Whether rows may start afresh.
    """
    recurrent = _recurrent(schedule.results)
    made: dict[Expression, Expression] = {}
    inputs: dict[str, Expression] = {}
    vectors: dict[str, Expression] = {}
    for node in topological(schedule.results):
        if isinstance(node, Constant | Size):
            made[node] = node
        elif node in recurrent:
            made[node] = _inside(node, made, reset=reset)
        elif varies(node):
            name = f"input {len(inputs)}"
            inputs[name], made[node] = node, Leaf(name, "input", node.width)
        else:
            name = f"vector {len(vectors)}"
            vectors[name], made[node] = node, Vector(name, node.width)
    results = [made[result] for result in schedule.results]
    if lengths:
        results = _ending(schedule, results)
    graph = _graph(schedule, results)
    used = {*topological(results)}
    return Loop(
        graph,
        {name: node for name, node in inputs.items() if made[node] in used},
        {name: node for name, node in vectors.items() if made[node] in used},
    )


def _recurrent(results: Sequence[Expression]) -> set[Expression]:
    """The nodes that depend on a state."""
    found: set[Expression] = set()
    for node in topological(results):
        is_state = isinstance(node, Leaf) and node.role == "state"
        if is_state or any(operand in found for operand in node.operands):
            found.add(node)
    return found


def _inside(node: Expression, made: Mapping[Expression, Expression], *, reset: bool) -> Expression:
    """A node that depends on a state, of the loop's own nodes."""
    if not isinstance(node, Leaf):
        return node.rebuilt([made[operand] for operand in node.operands])
    if not reset:
        return node
    return where(Leaf(FRESH, "input", ONE), 0.0, node)


def _ending(schedule: Schedule, results: Sequence[Expression]) -> list[Expression]:
    """States that stay as they are and an output of 0 after a row's end."""
    running = Leaf(RUNNING, "input", ONE)
    *updates, output = results
    kept = [
        where(running, new, old) for new, old in zip(updates, schedule.states.values(), strict=True)
    ]
    return [*kept, where(running, output, 0.0)]


def _graph(schedule: Schedule, results: Sequence[Expression]) -> Graph:
    leaves = [node for node in topological(results) if isinstance(node, Leaf)]
    inputs = {leaf.name: leaf for leaf in leaves if leaf.role == "input"}
    return Graph(
        cell="",
        x=Leaf("x", "input", "I"),
        inputs=inputs,
        randoms={},
        states=schedule.states,
        updates=tuple(results[:-1]),
        output=results[-1],
        gates={},
        parameters={},
        derived={},
    )
