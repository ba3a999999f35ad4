"""Naming the gates of a cell."""

from __future__ import annotations

from typing import TypeVar

from recurra.errors import CellError
from recurra.language.expression import Expression, Linear, Pointwise
from recurra.language.reading import under_way

Node = TypeVar("Node", bound=Expression)


def gate(name: str, value: Node) -> Expression:
    """Names a value of the step, so that reports and pictures can show it by that name.

    Args:
        name: What it is, in the field's words: ``"forget"``, ``"input"``, ``"candidate"``.
        value: The value, which is given back, after what regularisers do to a gate of that name.

    Raises:
        CellError: If the step has named another value so, or nothing was computed.
    """
    reading = under_way()
    if not isinstance(value, Expression) or not value.operands:
        raise CellError(
            f"a gate called {name!r} that is an input, a state, a parameter or a number",
            "something computed",
            f"leave gate({name!r}, ...) out around it",
        )
    if name in reading.gates:
        raise CellError(f"two gates called {name!r}", "a name for each gate", "rename one")
    result: Expression = value
    for rule in reversed(reading.gate_rules):
        result = rule(name, result)
    # A copy, since the step may use the value under no name, or under two.
    reading.gates[name] = result.rebuilt(result.operands)
    return reading.gates[name]


def activation(value: Expression) -> tuple[str, list[Expression]] | None:
    """A gate taken apart: its squashing function and the terms of the sum that it squashes.

    None if it is not a function of one sum with a matrix product among its terms.
    """
    if not isinstance(value, Pointwise) or len(value.arguments) != 1:
        return None
    found = terms(value.arguments[0])
    return (value.primitive, found) if any(isinstance(t, Linear) for t in found) else None


def terms(value: Expression) -> list[Expression]:
    """The terms of a sum, in the order in which it is written."""
    if isinstance(value, Pointwise) and value.primitive == "add":
        return [term for argument in value.arguments for term in terms(argument)]
    return [value]
