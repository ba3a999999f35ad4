"""The jobs of a network backwards."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy as shallow
from dataclasses import dataclass

from recurra.kernels.cpu import copying, multiply, outer, script
from recurra.kernels.cpu.arrays import Array, Bundle
from recurra.kernels.cpu.forward import copy
from recurra.kernels.cpu.frame import SCRATCH, ZEROS, Frame
from recurra.kernels.cpu.laying import lay_across
from recurra.kernels.cpu.memory import Place, Room
from recurra.kernels.cpu.outer_sums import OuterSums
from recurra.kernels.cpu.panel import WIDEST
from recurra.kernels.cpu.sweeping import Sweeping
from recurra.kernels.cpu.tables import Prepared, Tables
from recurra.kernels.network import Line


@dataclass(frozen=True)
class Wanted:
    """What gradients arrive and which are asked for.

    Attributes:
        arriving: Whether the gradient of the output arrives, and of each tensor of states.
        inputs: The numbers of the further inputs whose gradients are asked for.
        x: Whether that of the input is.
        states: Whether those of the states are.
        parameters: Whether those of the parameters are.
    """

    arriving: tuple[bool, ...]
    inputs: frozenset[int]
    x: bool
    states: bool
    parameters: bool


def backward(frame: Frame, wanted: Wanted) -> tuple[Prepared, int]:
    """All layers, from the last to the first.

    Returns:
        The jobs, and how many bytes they need.
    """
    frame = shallow(frame)
    frame.scratch = Room(frame.base(SCRATCH), frame.size)
    made = _Backward(frame, wanted)
    return made.prepared(), frame.scratch.bytes


class _Backward:
    def __init__(self, frame: Frame, wanted: Wanted) -> None:
        self.frame, self.wanted = frame, wanted
        self.tables = Tables(frame.library)
        self.of_outputs: dict[Line, Place] = {}
        self.of_seen: dict[Line, Place | None] = {}
        self._place_gradients()

    def prepared(self) -> Prepared:
        tables, layers = self.tables, self.frame.network.layers
        tables.phase()
        lines = {line: _Line(self, line) for line in self.frame.network.lines}
        for layer in reversed(layers):
            divided = any(self.frame.divides_units(lines[line].compiled) for line in layer)
            tables.phase(script.TOGETHER if divided else script.DEALT)
            for line in layer:
                lines[line].sweeping.add(tables)
            tables.phase()
            written: set[Place] = set()
            for line in layer:
                lines[line].multiply(written)
            for line in layer:
                lines[line].clear(written)
            for line in layer:
                lines[line].finish()
        return tables.finished(self.frame.threads)

    def _place_gradients(self) -> None:
        """Where the gradient of each line's output and of what it sees lies."""
        frame = self.frame
        shape, network = frame.shape, frame.network
        below: dict[int, Place | None] = {0: None}
        if self.wanted.x:
            width = network.layers[0][0].width("I")
            below[0] = Place(frame.base("gradient x"), 0, shape.rows * width, width)
        for depth, layer in enumerate(network.layers):
            widths = [line.output_width for line in layer]
            top = depth + 1 == len(network.layers)
            whole = self._arriving(sum(widths)) if top else None
            if not top:
                whole = frame.scratch.take(shape.steps, shape.rows, sum(widths))
            own: dict[int, Place | None] = {}
            for direction, line in enumerate(layer):
                assert whole is not None
                moved = sum(widths[:direction]) * frame.size if whole.by_row else 0
                own[direction] = self.of_outputs[line] = whole.moved(moved)
                self.of_seen[line] = below.get(direction, below[0])
            below = own if network.separate else {0: whole}

    def _arriving(self, width: int) -> Place:
        """The gradient of the output."""
        frame = self.frame
        if not self.wanted.arriving[0]:
            return Place(frame.base(ZEROS))
        return Place(frame.base("gradient output"), 0, frame.shape.rows * width, width)


class _Line:
    """The jobs of one line."""

    def __init__(self, of: _Backward, line: Line) -> None:
        self.of, self.frame, self.tables, self.line = of, of.frame, of.tables, line
        self.wanted = of.wanted
        self.machine = self.frame.machine(line)
        self.backward = self.machine.passes.backward
        self.compiled = self.machine.backward
        self.sweeping = Sweeping(self.frame, line, self.compiled, forwards=False)
        self.sweeping.lay(self.tables)
        self.bundles = {bundle: self._bundle(bundle) for bundle in self.backward.bundles}
        self.turning = {
            name: self.frame.scratch.take(2, self.frame.shape.rows, line.width(leaf.width))
            for name, leaf in line.schedule.states.items()
        }
        self.sums: dict[str, Place] = {}
        for array in self.compiled.plan.arrays:
            self._put(array)
        self._lay_across()

    def _bundle(self, bundle: Bundle) -> Place:
        shape = self.frame.shape
        width = sum(self.line.width(array.width) for array in bundle.members)
        return self.frame.scratch.take(shape.steps, shape.rows, width)

    # Where the pass finds its arrays

    def _put(self, array: Array) -> None:
        sweeping, frame, line = self.sweeping, self.frame, self.line
        kind, _, name = array.name.partition(" ")
        saved = frame.saved[line].get(array)
        found = saved or frame.input(line, array.name)
        if kind == "before":
            sweeping.put(array, *frame.histories[line][name])
            sweeping.put_edge(array, frame.initial(line, name))
        elif kind in {"arriving", "leaving"}:
            sweeping.put(array, self.turning[name], turns=1)
            if kind == "arriving":
                sweeping.put_edge(array, self._of_last(name))
        elif kind == "outside":
            sweeping.put(array, self._outside(name))
        elif kind == "left":
            sweeping.put(array, self.left(array))
        elif kind == "sum":
            self._put_sum(array, name)
        elif kind == "partial":
            self._put_partial(array, name)
        elif found is not None:
            sweeping.put(array, found)
        else:
            sweeping.put_scratch(array)

    def _of_last(self, state: str) -> Place:
        """The gradient of the state after the last step."""
        if (
            self.frame.network.every
            or not self.wanted.arriving[1 + self.frame.slot_number(self.line, state)]
        ):
            return Place(self.frame.base(ZEROS))
        return self.frame.slot("gradient last", self.line, state)

    def _outside(self, name: str) -> Place:
        """The gradient that reaches a result from outside the layer."""
        if name == "output":
            return self.of.of_outputs[self.line]
        if self.wanted.arriving[1 + self.frame.slot_number(self.line, name)]:
            return self.frame.slot("gradient every", self.line, name, by_step=True)
        return Place(self.frame.base(ZEROS))

    def left(self, array: Array) -> Place:
        """Where a left side lies."""
        for bundle, place in self.bundles.items():
            if array in bundle.members:
                before = bundle.members[: bundle.members.index(array)]
                skipped = sum(self.line.width(one.width) for one in before)
                return place.moved(skipped * self.frame.size)
        raise AssertionError(array)

    def _put_sum(self, array: Array, name: str) -> None:
        """Each thread adds up numbers of its own, from 0 on."""
        frame = self.frame
        width = self.line.width(array.width)
        place = self.sums[name] = frame.scratch.take(frame.threads, width)
        zeros = Place(frame.base(ZEROS))
        copy(frame, self.tables, zeros, place, width=width, rows=frame.threads)
        self.sweeping.put(array, Place(place.base, place.offset))
        self.sweeping.values["by part", array] = width

    def _put_partial(self, array: Array, name: str) -> None:
        """What is no product is stored where the products are added, if anybody asks for it."""
        target = self.target(name)
        if target is None:
            self.sweeping.put_scratch(array)
        elif self._is_second(name):
            shape, width = self.frame.shape, self.line.width(array.width)
            self.apart = self.frame.scratch.take(shape.steps, shape.rows, width)
            self.sweeping.put(array, self.apart)
        else:
            self.sweeping.put(array, target)

    def _is_second(self, name: str) -> bool:
        """Whether the other direction's gradient of an input is there already."""
        if name != "x":
            return False
        first = next(layer[0] for layer in self.frame.network.layers if self.line in layer)
        return first is not self.line and self.of.of_seen[first] == self.target(name)

    def target(self, name: str) -> Place | None:
        """Where the gradient of an input goes; None if it is not asked for."""
        if name == "x":
            return self.of.of_seen[self.line]
        number = self.line.inputs.get(name)
        if number is None or number not in self.wanted.inputs:
            return None
        width = self.line.width(self.line.schedule.inputs[name].width)
        rows = self.frame.shape.rows
        return Place(self.frame.base(("gradient other", number)), 0, rows * width, width)

    # What is done for all steps at once

    def _lay_across(self) -> None:
        """Lays the matrices by which gradients of inputs are multiplied."""
        self.across: list[tuple[str, Array, int, Place]] = []
        for name, products in self.backward.products.items():
            if self.target(name) is None:
                continue
            units = self.line.width(self.line.schedule.inputs[name].width)
            for run in self._runs(products):
                depths = [self.line.width(left.width) for _, left in run]
                names = [matrix for matrix, _ in run]
                laid = lay_across(
                    self.tables, self.frame, self.line, names, units=units, depths=depths
                )
                self.across.append((name, run[0][1], sum(depths), laid))

    def _runs(self, products: tuple[tuple[str, Array], ...]) -> Iterator[list[tuple[str, Array]]]:
        """Products whose vectors lie side by side."""
        order = {
            array: (number, place)
            for number, bundle in enumerate(self.backward.bundles)
            for place, array in enumerate(bundle.members)
        }
        run: list[tuple[str, Array]] = []
        for one in sorted(products, key=lambda product: order[product[1]]):
            if run and not self._follows(run[-1][1], one[1]):
                yield run
                run = []
            run.append(one)
        if run:
            yield run

    def _follows(self, first: Array, second: Array) -> bool:
        return any(bundle.follows(first, second) for bundle in self.backward.bundles)

    def multiply(self, written: set[Place]) -> None:
        """Adds the products to the gradients of inputs.

        Args:
            written: The gradients that already hold something.
        """
        for name in self.backward.partial:
            self._bring_partial(name, written)
        for name, left, depth, laid in self.across:
            frame, target = self.frame, self.target(name)
            assert target is not None
            source = self.left(left)
            units = self.line.width(self.line.schedule.inputs[name].width)
            by_part = multiply.ROWS * WIDEST * frame.library.kind.lanes
            values: dict[str, int | Place] = {
                "a": source,
                "a by row": source.by_row,
                "rows": frame.shape.steps * frame.shape.rows,
                "depth": depth,
                "p": laid,
                "vectors": multiply.vectors_for(frame.library.kind, units),
                "columns": units,
                "c": target,
                "c by row": target.by_row,
                "fresh": int(target not in written),
                "room": frame.scratch.take(frame.threads, by_part),
                "by part": by_part,
            }
            self.tables.job(multiply.NAME, multiply.TABLE, values)
            written.add(target)

    def _bring_partial(self, name: str, written: set[Place]) -> None:
        target = self.target(name)
        if target is None:
            return
        if self._is_second(name):
            # The first direction's may still be under way in another thread.
            self.tables.phase()
            shape = self.frame.shape
            values: dict[str, int | Place] = {
                "first": self.apart,
                "second": target,
                "target": target,
                "width": shape.steps * shape.rows * target.by_row,
            }
            self.tables.job(copying.ADD, copying.ADD_TABLE, values)
            self.tables.phase()
        written.add(target)

    def clear(self, written: set[Place]) -> None:
        """Sets to 0 the gradients of inputs that nothing is known to depend on.

        Args:
            written: The gradients that already hold something.
        """
        frame, line = self.frame, self.line
        rows, zeros = frame.shape.steps * frame.shape.rows, Place(frame.base(ZEROS))
        for name in ("x", *line.inputs):
            target = self.target(name)
            if target is not None and target not in written:
                width = line.width("I" if name == "x" else line.schedule.inputs[name].width)
                copy(frame, self.tables, zeros, target, width=width, rows=rows)
                written.add(target)

    def finish(self) -> None:
        """Adds the gradients of parameters and of the first state."""
        if self.wanted.parameters:
            sums = OuterSums(self.frame, self.line, self.left)
            for group in sums.groups():
                self.tables.job(outer.NAME, outer.TABLE, sums.values(group))
            for name, place in self.sums.items():
                self._gather(name, place)
        if self.wanted.states:
            self._bring_states()

    def _at(self, place: Place, step: int) -> Place:
        return place.moved(step * place.by_step * self.frame.size)

    def _gather(self, name: str, place: Place) -> None:
        width = place.by_row
        for piece in range(len(self.line.parameters[name])):
            values: dict[str, int | Place] = {
                "source": place,
                "by part": width,
                "many": self.frame.threads,
                "target": self.frame.gradient(self.line, name, piece),
                "width": width,
            }
            self.tables.job(copying.GATHER, copying.GATHER_TABLE, values)

    def _bring_states(self) -> None:
        last = self.frame.shape.steps - 1 if self.line.backwards else 0
        for name, leaf in self.line.schedule.states.items():
            source = self._at(self.turning[name], last & 1)
            target = self.frame.slot("gradient state", self.line, name)
            copy(self.frame, self.tables, source, target, width=self.line.width(leaf.width))
