"""The arguments of a pass over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recurra.kernels.cpu import copying
from recurra.kernels.cpu.arrays import Array
from recurra.kernels.cpu.frame import Frame
from recurra.kernels.cpu.laying import lay_operand
from recurra.kernels.cpu.machine import Compiled
from recurra.kernels.cpu.memory import Place
from recurra.kernels.cpu.tables import Tables
from recurra.kernels.network import Line
from recurra.language.widths import ONE, Width

_AHEAD_BYTES = 128 * 1024
"""How much of the products that are taken ahead shall stay in the second cache."""

_AHEAD_ROWS = 96
"""So many rows are taken ahead at least: large matrices are too dear to bring for fewer."""

EVERY_STEP = -1
"""The bits of a step's number that count where each step has memory of its own."""


class Sweeping:
    """Collects the arguments of one pass of one line.

    Args:
        frame: Where everything lies.
        line: The line.
        compiled: The pass.
        forwards: Whether it is a forward pass.
    """

    def __init__(self, frame: Frame, line: Line, compiled: Compiled, *, forwards: bool) -> None:
        self.frame, self.line, self.compiled = frame, line, compiled
        self.values: dict[Any, int | Place] = frame.header(line, compiled, forwards=forwards)

    def lay(self, tables: Tables) -> None:
        """Adds the jobs that must be done before the pass: vectors brought and matrices laid."""
        for vector in self.compiled.table.vectors:
            self.values["vector", vector.parameter] = self._vector(tables, vector.parameter)
        for number, (sweep, group) in enumerate(self.compiled.plan.groups):
            for place, operand in enumerate(group.operands):
                laid = lay_operand(tables, self.frame, self.line, sweep, operand)
                self.values["matrix", number, place] = laid
        self._make_room()

    def _vector(self, tables: Tables, name: str) -> Place:
        """Where a vector lies; the sum of several is made first."""
        pieces = self.line.parameters[name]
        if len(pieces) == 1:
            return self.frame.parameter(self.line, name)
        frame, (first, second) = self.frame, range(len(pieces))
        width = self.line.width(self._width(name))
        target = frame.scratch.take(width)
        values: dict[str, int | Place] = {
            "first": frame.parameter(self.line, name, piece=first),
            "second": frame.parameter(self.line, name, piece=second),
            "target": target,
            "width": width,
        }
        tables.job(copying.ADD, copying.ADD_TABLE, values)
        return target

    def _width(self, vector: str) -> Width:
        return next(v.width for v in self.compiled.table.vectors if v.parameter == vector)

    def _make_room(self) -> None:
        """Room for products."""
        frame, line, shape = self.frame, self.line, self.frame.shape
        lanes = frame.library.kind.lanes
        each = -(-shape.rows // frame.threads)
        wide = max((self._columns(s, g) for s, g in self.compiled.plan.groups), default=1)
        chunk = max(_AHEAD_BYTES // (wide * each * frame.size), _AHEAD_ROWS // each, 1)
        chunk = min(shape.steps, chunk)
        self.values["chunk"] = chunk
        for number, (sweep, group) in enumerate(self.compiled.plan.groups):
            row = len(group.columns) * sweep.blocks * lanes
            if group.steady:
                sets = -(-line.width(sweep.width) // (lanes * sweep.blocks))
                self.values["ahead by row", number] = chunk * sets * row
                count = chunk * sets * shape.rows * row
            else:
                count = frame.threads * shape.rows * row
            self.values["products", number] = frame.scratch.take(count)

    def _columns(self, sweep: Any, group: Any) -> int:
        return self.line.width(sweep.width) * len(group.columns)

    def put(self, array: Array, place: Place, turns: int = EVERY_STEP) -> None:
        """Says where an array lies."""
        self.values["address", array] = place
        self.values["by step", array] = place.by_step
        self.values["by row", array] = place.by_row
        if array.turns:
            self.values["turns", array] = turns

    def put_edge(self, array: Array, place: Place) -> None:
        """Says what an array holds where the step before or after is missing."""
        self.values["edge", array] = place
        self.values["edge by row", array] = place.by_row

    def put_scratch(self, array: Array) -> None:
        """Gives an array memory that every step uses again."""
        width = 1 if array.width == ONE else self.line.width(array.width)
        self.put(array, self.frame.scratch.take(self.frame.shape.rows, width))

    def add(self, tables: Tables) -> None:
        """Adds the pass."""
        places: Mapping[Any, int] = self.compiled.table.places
        known = {key: value for key, value in self.values.items() if key in places}
        tables.add(self.compiled.address, places, known)
