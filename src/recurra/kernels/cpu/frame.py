"""Where everything of a network lies for batches of one shape."""

from __future__ import annotations

import math
import zlib
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from recurra.kernels.cpu import threads
from recurra.kernels.cpu.arrays import Array
from recurra.kernels.cpu.fingerprint import fingerprint
from recurra.kernels.cpu.library import library
from recurra.kernels.cpu.machine import Compiled, Machine
from recurra.kernels.cpu.memory import Place, Room
from recurra.kernels.cpu.passes import CUT, passes, shares_output
from recurra.kernels.cpu.script import NOTHING, TABLES
from recurra.kernels.cpu.whole import FRESH, RUNNING
from recurra.kernels.network import Line, Network
from recurra.kernels.philox import WEYL
from recurra.language import Schedule

_FEW = 4
"""With fewer rows than so many for each thread, threads divide the units."""

_SOME = 32
_LARGE_BYTES = 2 * 1024 * 1024
"""With fewer rows than :data:`_SOME` too, if matrices are larger than this: each thread then goes
through its part of them, not through all."""

KEPT, SCRATCH, ZEROS = "kept", "scratch", "zeros"
"""Memory that the backward pass needs, memory that one pass needs, and nothing but zeros."""


@dataclass(frozen=True)
class Shape:
    """What code is the same for, beside the network.

    Attributes:
        steps: T.
        rows: B.
        by_step: How many numbers of the input lie from one step to the next.
        by_row: Likewise for rows.
        number: The type of number.
        threads: How many threads may be used.
        lengths: Whether rows may end before the last step.
        reset: Whether rows may start afresh.
        states: Whether states are given.
        training: Whether a backward pass may follow.
    """

    steps: int
    rows: int
    by_step: int
    by_row: int
    number: str
    threads: int
    lengths: bool
    reset: bool
    states: bool
    training: bool


@cache
def machine(schedule: Schedule, number: str, **options: bool) -> Machine:
    """A cell's code for one type of number and one choice of what it is given."""
    name = f"{fingerprint(schedule)} {number} {sorted(options.items())}"
    return Machine(name, passes(schedule, **options), number)


class Frame:
    """Places for a network and a shape.

    Args:
        network: The layers.
        shape: The shape.
    """

    def __init__(self, network: Network, shape: Shape) -> None:
        self.network, self.shape = network, shape
        self.library = library(shape.number)
        self.size = self.library.kind.size
        self.bases: dict[Hashable, int] = {"nothing": NOTHING, "tables": TABLES}
        for name in (KEPT, SCRATCH, ZEROS, "output", "x"):
            self.base(name)
        # Those of one kind stand in one row.
        result = "every" if network.every else "last"
        inputs = {number for line in network.lines for number in line.inputs.values()}
        counts = {"parameter": len(network.shapes), "other": len(inputs)}
        counts |= {result: len(network.slots), "state": len(network.slots) * shape.states}
        for kind, count in counts.items():
            for number in range(count):
                self.base((kind, number))
        self.kept = Room(self.base(KEPT), self.size)
        self.scratch = Room(self.base(SCRATCH), self.size)
        # What lasts through the pass, or up to the backward pass.
        self.room = self.kept if shape.training else self.scratch
        self.outputs: dict[Line, Place] = {}
        self.seen: dict[Line, Place] = {}
        self._place_outputs()
        self.histories = {line: self._histories(line) for line in network.lines}
        self.saved = {line: self._saved(line) for line in network.lines}

    def base(self, name: Hashable) -> int:
        """The number of a piece of memory."""
        return self.bases.setdefault(name, len(self.bases))

    def machine(self, line: Line) -> Machine:
        """The code of a line."""
        return machine(
            line.schedule,
            self.shape.number,
            lengths=self.shape.lengths,
            reset=self.shape.reset,
            cut=self.network.truncate is not None,
            every=self.network.every,
        )

    def number(self, line: Line) -> int:
        """Which of all lines it is."""
        return self.network.lines.index(line)

    def shares(self, line: Line) -> bool:
        """Whether the output of a line and its first state are kept once."""
        return shares_output(self.machine(line).passes.graph)

    @cached_property
    def widest(self) -> int:
        """The most numbers that any row of zeros must have."""
        widths = [slot.width for slot in self.network.slots]
        for line in self.network.lines:
            vectors = self.machine(line).passes.backward.vectors
            widths += [line.output_width, *(line.width(a.width) for a in vectors.values())]
            inputs = ("I", *(leaf.width for leaf in line.schedule.inputs.values()))
            widths += [line.width(width) for width in inputs]
        return max(widths)

    @cached_property
    def threads(self) -> int:
        """How many threads the network is worth."""
        return threads.count(self.work) if self.shape.threads > 1 else 1

    @cached_property
    def work(self) -> float:
        """The multiplications and additions of a pass, roughly."""
        total = 0.0
        for line in self.network.lines:
            for _, group in self.machine(line).passes.inference.groups:
                wide = line.width(group.columns[0].width) * len(group.columns)
                deep = sum(line.width(a.width) for o in group.operands for a in o.arrays)
                total += 2.0 * wide * deep
            total += 100.0 * line.output_width
        return total * self.shape.steps * self.shape.rows

    # Memory

    def _place_outputs(self) -> None:
        """Where each line writes its output, and what the lines above it read."""
        shape, network = self.shape, self.network
        below = {0: Place(self.base("x"), 0, shape.by_step, shape.by_row)}
        for depth, layer in enumerate(network.layers):
            widths = [line.output_width for line in layer]
            if depth + 1 == len(network.layers):
                by_row = sum(widths)
                whole = Place(self.base("output"), 0, by_row * shape.rows, by_row)
            else:
                whole = self.room.take(shape.steps, shape.rows, sum(widths))
            own = {}
            for direction, line in enumerate(layer):
                own[direction] = whole.moved(sum(widths[:direction]) * self.size)
                self.outputs[line] = own[direction]
                self.seen[line] = below.get(direction, below[0])
            below = own if network.separate else {0: whole}

    def _histories(self, line: Line) -> dict[str, tuple[Place, int]]:
        """Where each state lies after each step, and which bits of a step's number count."""
        shape, network = self.shape, self.network
        found: dict[str, tuple[Place, int]] = {}
        for name, leaf in line.schedule.states.items():
            width = line.width(leaf.width)
            if network.every:
                found[name] = self.slot("every", line, name, by_step=True), -1
            elif self.shares(line) and name == network.states[0]:
                found[name] = self.outputs[line], -1
            elif shape.training:
                found[name] = self.kept.take(shape.steps, shape.rows, width), -1
            else:
                found[name] = self.scratch.take(2, shape.rows, width), 1
        return found

    def _saved(self, line: Line) -> dict[Array, Place]:
        if not self.shape.training:
            return {}
        shape = self.shape
        return {
            array: self.kept.take(shape.steps, shape.rows, line.width(array.width))
            for array in self.machine(line).passes.saved
        }

    def slot(self, kind: str, line: Line, state: str, *, by_step: bool = False) -> Place:
        """Where a line's state lies in the tensors in which states are given or returned."""
        shape, place = self.shape, self.slot_number(line, state)
        slot = self.network.slots[place]
        row = shape.rows * slot.width
        each = row * (shape.steps if by_step else 1)
        offset = (self.number(line) - slot.first) * each * self.size
        return Place(self.base((kind, place)), offset, row if by_step else 0, slot.width)

    def slot_number(self, line: Line, state: str) -> int:
        """In which of those tensors a line's state lies."""
        number = self.number(line)
        return next(
            place
            for place, slot in enumerate(self.network.slots)
            if slot.state == state and 0 <= number - slot.first < slot.count
        )

    def initial(self, line: Line, state: str) -> Place:
        """Where a state lies before the first step."""
        if not self.shape.states:
            return Place(self.base(ZEROS))
        return self.slot("state", line, state)

    def last(self, line: Line, state: str) -> Place:
        """Where a state lies after the last step."""
        place, turns = self.histories[line][state]
        step = (0 if line.backwards else self.shape.steps - 1) & turns
        return place.moved(step * place.by_step * self.size)

    def parameter(self, line: Line, name: str, piece: int = 0) -> Place:
        """Where a parameter lies."""
        found, columns = line.parameters[name][piece], self.columns(line, name)
        offset = found.row * columns * self.size
        return Place(self.base(("parameter", found.tensor)), offset, 0, columns)

    def gradient(self, line: Line, name: str, piece: int) -> Place:
        """Where the gradient of a parameter lies: all of them lie one behind the other."""
        found, columns = line.parameters[name][piece], self.columns(line, name)
        before = sum(math.prod(shape) for shape in self.network.shapes[: found.tensor])
        offset = (before + found.row * columns) * self.size
        return Place(self.base("gradients"), offset, 0, columns)

    @cached_property
    def parameters(self) -> int:
        """How many numbers all parameters have."""
        return sum(math.prod(shape) for shape in self.network.shapes)

    @cached_property
    def gradients_are_whole(self) -> bool:
        """Whether the backward pass computes all of them."""
        computed = 0
        for line in self.network.lines:
            backward = self.machine(line).passes.backward
            for name in {one.matrix for one in backward.outers}:
                computed += math.prod(line.shapes[name])
            for name, array in backward.vectors.items():
                computed += line.width(array.width) * len(line.parameters[name])
        return computed == self.parameters

    def columns(self, line: Line, name: str) -> int:
        """The numbers in a row of a matrix, 1 for a vector."""
        return (*line.shapes[name], 1)[1]

    # What every pass's table holds

    def header(self, line: Line, compiled: Compiled, *, forwards: bool) -> dict[Any, Any]:
        """The arguments that do not depend on which arrays there are."""
        shape, plan = self.shape, compiled.plan
        upwards = forwards != line.backwards
        found: dict[Any, Any] = {
            "steps": shape.steps,
            "rows": shape.rows,
            "first step": 0 if upwards else shape.steps - 1,
            "direction": 1 if upwards else -1,
            "divides units": int(self.divides_units(compiled)),
            "barrier": threads.barrier(),
            "draw": self.library.addresses["draw"],
        }
        for vectors in range(1, 5):
            found["panel", vectors] = self.library.addresses[f"panel_{vectors}"]
        for width in compiled.table.widths:
            found["width", width] = line.width(width)
        for constant in compiled.table.constants:
            found["constant", constant] = Place(self.base(("constant", line, constant)))
        return found | (self._chance(line, compiled) if plan.draws else {})

    def _chance(self, line: Line, compiled: Compiled) -> dict[Any, Any]:
        direction = int(line.backwards)
        found: dict[Any, Any] = {
            "seed low": Place(self.base("seed low")),
            "seed high": Place(self.base("seed high")),
            "row numbers": Place(self.base("row numbers")),
            "step numbers": Place(self.base(("step numbers", direction))),
            "step numbers by step": self.shape.rows,
            "step numbers by row": 1,
        }
        for array, leaf in compiled.plan.draws.items():
            use = zlib.crc32(leaf.name.encode()) + WEYL[0] * line.place
            found["use", array] = use & 0xFFFFFFFF
        return found

    def divides_units(self, compiled: Compiled) -> bool:
        """Whether threads divide the units of each step rather than the rows of the batch."""
        if self.threads == 1 or not compiled.plan.divides_units:
            return False
        each = self.shape.rows / self.threads
        return each < _FEW or (each < _SOME and self._laid(compiled) > _LARGE_BYTES)

    def _laid(self, compiled: Compiled) -> int:
        """The bytes of the matrices that every step goes through, for square layers."""
        width = self.network.lines[0].output_width
        count = sum(
            len(group.columns) * len(operand.arrays)
            for _, group in compiled.plan.groups
            for operand in group.operands
            if not operand.steady
        )
        return count * width * width * self.size

    def input(self, line: Line, name: str) -> Place | None:
        """Where an input lies."""
        shape = self.shape
        if name == "x":
            return self.seen[line]
        if name == RUNNING:
            return Place(self.base(RUNNING), 0, shape.rows, 1)
        if name in {FRESH, CUT}:
            return Place(self.base((name, int(line.backwards))), 0, shape.rows, 1)
        if name in line.inputs:
            width = line.width(line.schedule.inputs[name].width)
            return Place(self.base(("other", line.inputs[name])), 0, shape.rows * width, width)
        return None
