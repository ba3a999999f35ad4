"""What is left of a cell's step when all that is known before the loop is taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from recurra.kernels.cpu.passes import in_order
from recurra.language import Graph, Schedule
from recurra.language import schedule as scheduled
from recurra.language.expression import Constant, Expression, Leaf, Vector, topological, varies
from recurra.language.widths import Shape


@dataclass(frozen=True, eq=False)
class Remainder:
    """The part of a step that belongs inside the loop over time, as a step of its own.

    Attributes:
        schedule: The step; what is known before it are its inputs and vectors.
        matrices: The names of its matrices.
        inputs: What each of its inputs was in the whole step, by name: known of all steps.
        vectors: What each of its vectors was: the same for all rows and steps.
    """

    schedule: Schedule
    matrices: tuple[str, ...]
    inputs: Mapping[str, Expression]
    vectors: Mapping[str, Expression]


@cache
def remainder(schedule: Schedule) -> Remainder:
    """What remains of a step when no product with an input is left in it."""
    recurrent = _recurrent(schedule)
    inputs: dict[str, Expression] = {}
    vectors: dict[str, Expression] = {}
    made: dict[Expression, Expression] = {}

    def taken_out(node: Expression) -> Expression:
        if isinstance(node, Constant):
            return node
        if varies(node):
            inputs[name := f"known {len(inputs)}"] = node
            return Leaf(name, "input", node.width)
        vectors[name := f"fixed {len(vectors)}"] = node
        return Vector(name, node.width)

    def visit(node: Expression) -> Expression:
        if node not in made:
            if node in recurrent:
                made[node] = node.rebuilt([visit(operand) for operand in node.operands])
            else:
                made[node] = taken_out(node)
        return made[node]

    results = [visit(result) for result in schedule.results]
    rest = scheduled(_graph(schedule, results, inputs, made))
    return Remainder(rest, in_order(rest), inputs, vectors)


def _recurrent(schedule: Schedule) -> set[Expression]:
    """The nodes in which a state takes part."""
    found: set[Expression] = {*schedule.states.values()}
    for node in topological(schedule.results):
        if any(operand in found for operand in node.operands):
            found.add(node)
    return found


def _graph(
    schedule: Schedule,
    results: list[Expression],
    inputs: Mapping[str, Expression],
    made: Mapping[Expression, Expression],
) -> Graph:
    leaves = {name: made[node] for name, node in inputs.items()}
    return Graph(
        cell="",
        x=Leaf("x", "input", "I"),
        inputs={name: leaf for name, leaf in leaves.items() if isinstance(leaf, Leaf)},
        randoms={},
        states=schedule.states,
        updates=tuple(results[:-1]),
        output=results[-1],
        gates={},
        # The names alone: in which order matrices are stacked.
        parameters=dict.fromkeys(in_order(schedule), Shape("H", "H")),
        derived={},
    )
