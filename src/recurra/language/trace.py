"""Runs a cell's step on symbols and gives its graph."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

from recurra.errors import CellError
from recurra.language.cell import Cell
from recurra.language.expression import (
    Constant,
    Expression,
    Leaf,
    Linear,
    Parameter,
    Pointwise,
    Symbol,
    Vector,
    Width,
    as_expression,
    topological,
    varies,
)

Node = TypeVar("Node", bound=Expression)


@dataclass(frozen=True)
class Shape:
    """A parameter's shape in symbols: ``("H", "I")`` for a matrix, ``("H", "")`` for a vector."""

    rows: Width
    columns: Width

    @property
    def is_matrix(self) -> bool:
        """Whether it has columns."""
        return self.columns != ""


@dataclass(frozen=True, eq=False)
class Graph:
    """A cell's equations as a graph.

    Attributes:
        cell: The cell's name.
        x: The input leaf.
        states: The leaf of each state before the step, by name, in order.
        updates: Each state after the step, in the same order; the first is the output.
        gates: The nodes that the cell called gates, by their names, in order.
        parameters: The shape of each parameter, in the order in which the step is written.
    """

    cell: str
    x: Leaf
    states: Mapping[str, Leaf]
    updates: tuple[Expression, ...]
    gates: Mapping[str, Expression]
    parameters: Mapping[str, Shape]


class Parameters:
    """The ``p`` of a step: any attribute is a parameter of that name."""

    def __init__(self, *, bias: bool) -> None:
        self._bias = bias

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if not self._bias and is_bias(name):
            return Constant(0.0)
        return Parameter(name)


class _Gates:
    """Collects the gates that a step names while it runs."""

    current: dict[str, Expression] | None = None


def gate(name: str, value: Node) -> Node:
    """Names a value of the step, so that reports and pictures can show it by that name.

    Args:
        name: What it is, in the field's words: ``"forget"``, ``"input"``, ``"candidate"``.
        value: The value, which is given back.

    Raises:
        CellError: If the step has named another value so, or nothing was computed.
    """
    if not isinstance(value, Pointwise | Linear):
        raise CellError(
            f"a gate called {name!r} that is an input, a state, a parameter or a number",
            "something computed",
            f"leave gate({name!r}, ...) out around it",
        )
    named = replace(value)
    if _Gates.current is not None:
        if name in _Gates.current:
            raise CellError(f"two gates called {name!r}", "a name for each gate", "rename one")
        _Gates.current[name] = named
    return named


def is_bias(parameter: str) -> bool:
    """Whether a parameter of that name is a bias: ``b`` or ``b_...``."""
    return parameter == "b" or parameter.startswith("b_")


@cache
def trace(cell: Cell, *, bias: bool = True) -> Graph:
    """The graph of a cell's step.

    Args:
        cell: The cell.
        bias: Whether its biases are there or taken as zero.

    Raises:
        CellError: If the step cannot be read, naming the cell and the line.
    """
    x = Leaf("x", "input", "I")
    states = {name: Leaf(name, "state") for name in cell.states}
    gates: dict[str, Expression] = {}
    _Gates.current = gates
    try:
        updates = _updates(cell, cell.step(Parameters(bias=bias), x, *states.values()))
        used = set(topological(updates))
        gates = {name: node for name, node in gates.items() if node in used}
        parameters = _parameters(gates, updates)
    except Exception as error:
        raise _located(cell, error) from error
    finally:
        _Gates.current = None
    return Graph(cell.name, x, states, updates, gates, parameters)


def _updates(cell: Cell, result: Any) -> tuple[Expression, ...]:
    """What the step returned, one expression of the hidden size a state."""
    returned = result if isinstance(result, tuple) else (result,)
    if len(returned) != len(cell.states):
        raise CellError(
            f"the step returned {len(returned)} {'value' if len(returned) == 1 else 'values'}",
            f"one for each of its states: {', '.join(cell.states)}",
            "return the new states in the order in which the cell declares them",
        )
    updates = tuple(as_expression(value) for value in returned)
    for name, update in zip(cell.states, updates, strict=True):
        if update.width != "H" or not varies(update):
            raise CellError(
                f"the step returned the input, a parameter or a number as the state {name!r}",
                "a value of the hidden size that depends on the input or a state",
                "bring the input to the hidden size with a matrix, as p.W @ x",
            )
    return updates


def _parameters(
    gates: Mapping[str, Expression], updates: tuple[Expression, ...]
) -> dict[str, Shape]:
    """The shape of each parameter, in the order in which the step is written."""
    shapes: dict[str, Shape] = {}
    for node in topological((*gates.values(), *updates)):
        if isinstance(node, Linear):
            found = Shape("H", node.operand.width)
        elif isinstance(node, Vector):
            found = Shape("H", "")
        else:
            continue
        name = node.parameter
        if shapes.setdefault(name, found) != found:
            raise CellError(
                f"the parameter {name} is used with two shapes",
                "one shape for each parameter: a matrix of the input, of a state, or a vector",
                "give the second use a name of its own",
            )
    if not shapes:
        raise CellError(
            "the step has no parameter",
            "at least one p.NAME in its step",
            "write the input's part as p.W @ x",
        )
    return shapes


def _located(cell: Cell, error: Exception) -> CellError:
    """The error again, naming the cell and the line of its file that caused it."""
    code = inspect.unwrap(type(cell).step).__code__
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{f.lineno}: {f.line}" for f in frames if f.filename == code.co_filename]
    place = f"cell {cell.name}, line {lines[-1] if lines else code.co_firstlineno}"
    if isinstance(error, CellError):
        return CellError(f"{place}\n{error.given}", error.expected, error.do)
    return CellError(
        f"{place}\n{error}",
        "sums, products and quotients of the input, the states and parameters (p.NAME), "
        "matrix products p.NAME @ vector, and the functions of recurra.language",
        "write the step with these alone",
    )


__all__ = ["Graph", "Parameters", "Shape", "Symbol", "gate", "is_bias", "trace"]
