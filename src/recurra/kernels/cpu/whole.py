"""A cell's step with the marks of its steps: where rows end and where they start afresh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from recurra.language import Graph, Schedule, where
from recurra.language.expression import (
    Expression,
    Leaf,
    Linear,
    PerUnit,
    Random,
    Size,
    Spread,
    Vector,
    topological,
)
from recurra.language.simplify import simplify
from recurra.language.widths import ONE, Width

RUNNING, FRESH = "running", "fresh"
"""The inputs that say whether a row has not ended, and whether it starts afresh."""


def whole(schedule: Schedule, *, lengths: bool, reset: bool) -> Graph:
    """The step of a cell in a loop over time.

    Args:
        schedule: The cell's step.
        lengths: Whether rows may end before the last step.
        reset: Whether rows may start afresh.
    """
    made: dict[Expression, Expression] = {}
    before = _of_one_width(schedule.results)
    for node in topological(before):
        is_state = isinstance(node, Leaf) and node.role == "state"
        if is_state and reset:
            made[node] = where(Leaf(FRESH, "input", ONE), 0.0, node)
        else:
            made[node] = node.rebuilt([made[operand] for operand in node.operands])
    results = [made[result] for result in before]
    return _graph(schedule, _ending(schedule, results) if lengths else results)


def _of_one_width(results: Sequence[Expression]) -> Sequence[Expression]:
    """The same where a cell takes its input as wide as its hidden state: one word for both."""
    order = topological(results)
    widths: dict[str, set[Width]] = {}
    for node in order:
        if isinstance(node, Leaf) and node.role == "input":
            widths.setdefault(node.name, set()).add(node.width)
    if all(len(found) == 1 for found in widths.values()):
        return results
    made: dict[Expression, Expression] = {}
    for node in order:
        made[node] = _renamed(node, [made[operand] for operand in node.operands])
    # Leaves that were two are one now.
    return simplify([made[result] for result in results])


def _renamed(node: Expression, operands: Sequence[Expression]) -> Expression:
    """A node with the hidden size for the input size."""
    match node:
        case Leaf(role="input"):
            return replace(node, leaf_width=_as_hidden(node.leaf_width))
        case Vector() | PerUnit():
            return replace(node, over=_as_hidden(node.over))
        case Size():
            return replace(node, of=_as_hidden(node.of))
        case Linear():
            return replace(node, operand=operands[0], result_width=_as_hidden(node.result_width))
        case Spread():
            return replace(node, operand=operands[0], to=_as_hidden(node.to))
    return node.rebuilt(operands)


def _as_hidden(width: Width) -> Width:
    return width.replace("I", "H") if isinstance(width, str) else width


def _ending(schedule: Schedule, results: Sequence[Expression]) -> list[Expression]:
    """States that stay as they are and an output of 0 after a row's end."""
    running = Leaf(RUNNING, "input", ONE)
    *updates, output = results
    kept = [
        where(running, new, old) for new, old in zip(updates, schedule.states.values(), strict=True)
    ]
    return [*kept, where(running, output, 0.0)]


def _graph(schedule: Schedule, results: Sequence[Expression]) -> Graph:
    leaves = [n for n in topological(results) if isinstance(n, Leaf) and n.role == "input"]
    inputs: Mapping[str, Leaf] = {n.name: n for n in leaves if not isinstance(n, Random)}
    return Graph(
        cell="",
        x=Leaf("x", "input", "I"),
        inputs=inputs,
        randoms={n.name: n for n in leaves if isinstance(n, Random)},
        states=schedule.states,
        updates=tuple(results[:-1]),
        output=results[-1],
        gates={},
        parameters={},
        derived={},
    )
