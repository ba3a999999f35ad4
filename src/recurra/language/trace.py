"""Runs a cell's step on symbols and gives its graph."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from recurra.errors import CellError
from recurra.language.cell import Cell
from recurra.language.expression import (
    Expression,
    Leaf,
    Linear,
    PerUnit,
    Random,
    Vector,
    as_expression,
    topological,
    varies,
)
from recurra.language.matrices import Matrix
from recurra.language.parameter import Parameters
from recurra.language.reading import Reading
from recurra.language.widths import ONE, Shape, Width, is_width, resolve


@dataclass(frozen=True, eq=False)
class Graph:
    """A cell's equations as a graph.

    Attributes:
        cell: The cell's name.
        x: The input leaf.
        inputs: What is known of all steps before the first and takes part in the step, by name:
            ``"x"``, ``"t"``, ``"below.c"``, the input a step before as ``"x_1"``.
        randoms: The random numbers that take part, by key.
        states: The leaf of each state before the step, by name, in order.
        updates: Each state after the step, in the same order.
        output: What the layer above sees: the first of the updates unless the cell says otherwise.
        gates: The nodes that the cell called gates, by their names, in order.
        parameters: The shape of each parameter, in the order in which the step is written.
        derived: The matrices derived from parameters, by their formulas.
    """

    cell: str
    x: Leaf
    inputs: Mapping[str, Leaf]
    randoms: Mapping[str, Random]
    states: Mapping[str, Leaf]
    updates: tuple[Expression, ...]
    output: Expression
    gates: Mapping[str, Expression]
    parameters: Mapping[str, Shape]
    derived: Mapping[str, Matrix]

    @property
    def results(self) -> tuple[Expression, ...]:
        """All that a step computes: the states after it and the output."""
        return (*self.updates, self.output)

    def check(self, sizes: Mapping[str, int]) -> None:
        """Checks that the constants fit a layer.

        Args:
            sizes: What the widths ``"H"`` and ``"I"`` are.

        Raises:
            CellError: If they do not.
        """
        for node in topological(self.results):
            if isinstance(node, PerUnit):
                node.dealt(resolve(node.over, sizes))

    @property
    def counts(self) -> bool:
        """Whether the number of each row's step takes part."""
        return "t" in self.inputs or any(drawn.per == "step" for drawn in self.randoms.values())

    @property
    def earlier(self) -> int:
        """How many steps back the input is used."""
        back = (name.removeprefix("x_") for name in self.inputs if name.startswith("x_"))
        return max(map(int, back), default=0)


class _Below:
    """The states of the layer beneath, as ``below.c``."""

    def __init__(self, cell: Cell) -> None:
        self._cell = cell

    def __getattr__(self, name: str) -> Leaf:
        if name not in self._cell.states:
            raise CellError(
                f"below.{name}", f"one of the cell's own states: {', '.join(self._cell.states)}"
            )
        return Leaf(f"below.{name}", "input", self._cell.widths.get(name, "H"))


def trace(
    cell: Cell,
    *,
    bias: bool = True,
    training: bool = False,
    lowest: bool = True,
    square: bool = False,
) -> Graph:
    """The graph of a cell's step.

    Args:
        cell: The cell.
        bias: Whether its biases are there or taken as zero.
        training: Whether chance takes part, or its expectation.
        lowest: Whether it is the lowest layer of its stack.
        square: Whether its input is as wide as its hidden state.

    Raises:
        CellError: If the step cannot be read, naming the cell and the line.
    """
    _check(cell)
    return _read(cell, bias, training, lowest, square)


@cache
def _read(cell: Cell, bias: bool, training: bool, lowest: bool, square: bool) -> Graph:
    states = {name: Leaf(name, "state", cell.widths.get(name, "H")) for name in cell.states}
    reading = Reading(Leaf("x", "input", "I"), training, square)
    try:
        asked = _asked(cell, lowest=lowest)
        parameters = Parameters(cell.widths, bias=bias)
        with reading.begun():
            result = cell.step(parameters, reading.x, *states.values(), **asked)
        output, updates = _results(cell, result)
        return _graph(cell, reading, states, updates, output)
    except Exception as error:
        raise _located(cell, error) from error


def _check(cell: Cell) -> None:
    """Checks all that can be seen before the step is read."""
    _check_fixed(cell)
    if not hasattr(cell, "step"):
        raise CellError(
            f"the cell {cell.name} without a step",
            "its equations",
            "write def step(self, p, x, h): in its class",
        )
    _check_names(cell)
    for name, width in cell.widths.items():
        if not is_width(width):
            raise CellError(
                f"the cell {cell.name} with {width!r} as the width of {name}",
                '"H", the hidden size; "I", the input size; a part of one, as "H/4"; or a number '
                "from 1",
            )


def _check_fixed(cell: Cell) -> None:
    try:
        hash(cell)
    except TypeError as error:
        raise CellError(
            f"the cell {cell.name}, which can be changed: {error}",
            "options that stay as they are",
            "give it tuples for lists",
        ) from error


def _check_names(cell: Cell) -> None:
    states = cell.states
    if not isinstance(states, tuple) or not states or len({*states}) < len(states):
        raise CellError(
            f"the cell {cell.name} with states = {states!r}",
            "the name of each of its states, once",
            'write states = ("h",), with its comma, or states = ("h", "c")',
        )
    if taken := [n for n in states if n in {"t", "x", "output"} or n.startswith("x_")]:
        raise CellError(
            f"the cell {cell.name} with a state called {taken[0]}",
            "names other than t, x, output and x_1, x_2, ..., which the layer uses itself",
            "rename the state",
        )
    if cell.output in states:
        raise CellError(
            f"the cell {cell.name} with output = {cell.output!r}, which is a state",
            "a name of its own for an output apart from the states",
            f"leave it out and put {cell.output} first among the states: the first is the output",
        )


def _asked(cell: Cell, *, lowest: bool) -> dict[str, Any]:
    """What the step asks for beside input and states."""
    known = {
        "t": Leaf("t", "input", ONE),
        "dt": Leaf("dt", "input", ONE),
        "missing": Leaf("missing", "input", "I"),
        "below": None if lowest else _Below(cell),
    }
    return {name: known[name] for name in cell.inputs}


def _results(cell: Cell, result: Any) -> tuple[Expression, tuple[Expression, ...]]:
    """The output and the new states that the step returned, of the right widths."""
    returned = result if isinstance(result, tuple) else (result,)
    wanted = (*([cell.output] if cell.output else []), *cell.states)
    if len(returned) != len(wanted):
        raise CellError(
            f"the step returned {len(returned)} {'value' if len(returned) == 1 else 'values'}",
            f"{len(wanted)}: {', '.join(wanted)}",
            "return the new states in the order in which the cell declares them"
            + (", and the output before them" if cell.output else ""),
        )
    values = tuple(as_expression(value) for value in returned)
    for name, value in zip(wanted, values, strict=True):
        _check_result(
            name, value, cell.widths.get(name, value.width if cell.output == name else "H")
        )
    updates = values[len(values) - len(cell.states) :]
    return values[0], updates


def _check_result(name: str, value: Expression, width: Width) -> None:
    if value.width != width or not varies(value):
        raise CellError(
            f"the step returned as {name!r} a value of width {value.width}",
            f"one of width {width} that depends on the input or a state (H is the hidden size, I "
            "the input size, 1 a number or a constant)",
            "bring the input to the hidden size with a matrix, as p.W @ x, or declare the width: "
            f'widths = {{"{name}": ...}}',
        )


def _graph(
    cell: Cell,
    reading: Reading,
    states: dict[str, Leaf],
    updates: tuple[Expression, ...],
    output: Expression,
) -> Graph:
    used = topological((*updates, output))
    gates = {name: node for name, node in reading.gates.items() if node in set(used)}
    order = topological((*gates.values(), *updates, output))
    products = {node.parameter for node in used if isinstance(node, Linear)}
    derived = {name: m for name, m in reading.derived.items() if name in products}
    leaves = [node for node in used if isinstance(node, Leaf) and node.role == "input"]
    return Graph(
        cell=cell.name,
        x=reading.x,
        inputs={leaf.name: leaf for leaf in leaves if not isinstance(leaf, Random)},
        randoms={leaf.name: leaf for leaf in leaves if isinstance(leaf, Random)},
        states=states,
        updates=updates,
        output=output,
        gates=gates,
        parameters=_parameters(order, derived),
        derived=derived,
    )


def _parameters(order: list[Expression], derived: Mapping[str, Matrix]) -> dict[str, Shape]:
    """The shape of each parameter, in the order in which the step is written."""
    shapes: dict[str, Shape] = {}
    for node in order:
        for name, shape in _used(node, derived).items():
            if shapes.setdefault(name, shape) != shape:
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


def _used(node: Expression, derived: Mapping[str, Matrix]) -> dict[str, Shape]:
    """The parameters that a node itself uses."""
    match node:
        case Linear(name, operand):
            shape = Shape(node.width, operand.width)
            return _made_of(derived[name], shape) if name in derived else {name: shape}
        case Vector(name, width):
            return {name: Shape(width)}
    return {}


def _made_of(matrix: Matrix, shape: Shape) -> dict[str, Shape]:
    found = matrix.parameters(shape)
    if not found:
        raise CellError(
            f"the product {matrix.formula} @ ... without a parameter",
            "a matrix with a parameter in it, as p.U - 0.1 * identity",
            "write 0.1 * h for (0.1 * identity) @ h",
        )
    return found


def _located(cell: Cell, error: Exception) -> CellError:
    """The error again, naming the cell and the line of its file that caused it."""
    # A regulariser's step calls that of the cell within, and its own lines are not to blame.
    inner = cell
    while isinstance(within := getattr(inner, "cell", None), Cell):
        inner = within
    code = inspect.unwrap(type(inner).step).__code__
    root: BaseException = error
    while root.__cause__ is not None:
        root = root.__cause__
    frames = traceback.extract_tb(root.__traceback__)
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
