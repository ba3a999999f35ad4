"""A stack of recurrent layers as kernels see it: equations, sizes, and where numbers come from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from torch import Tensor

from recurra.kernels.philox import Stream
from recurra.language import Schedule
from recurra.language.expression import Linear, Vector, topological
from recurra.language.widths import Width, resolve


@dataclass(frozen=True)
class Piece:
    """Where a parameter of a cell lies: in which tensor, and from which row on."""

    tensor: int
    row: int = 0


@dataclass(frozen=True, eq=False)
class Line:
    """One layer in one direction.

    Attributes:
        schedule: The cell's step.
        sizes: What the widths ``"H"`` and ``"I"`` are.
        backwards: Whether it reads each row from its end to its start.
        parameters: Where each parameter lies, matrices derived from others included; a vector may
            be the sum of several.
        inputs: The number of the tensor that each input but ``"x"`` is, by name.
        place: Which line of its network it is, for chance.
    """

    schedule: Schedule
    sizes: Mapping[str, int]
    backwards: bool
    parameters: dict[str, tuple[Piece, ...]]
    inputs: Mapping[str, int]
    place: int

    def width(self, width: Width) -> int:
        """The number that a width stands for."""
        return resolve(width, self.sizes)

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each parameter of the cell."""
        found: dict[str, tuple[int, ...]] = {}
        for node in topological(self.schedule.results):
            if isinstance(node, Linear):
                found[node.parameter] = (self.width(node.width), self.width(node.operand.width))
            elif isinstance(node, Vector):
                found[node.parameter] = (self.width(node.width),)
        return found

    @property
    def output_width(self) -> int:
        """The numbers in each step of its output."""
        return self.width(self.schedule.output.width)


@dataclass(frozen=True, eq=False)
class Network:
    """Layers upon each other.

    Attributes:
        layers: The lines of each, one or two.
        shapes: Those of all tensors that parameters are taken from.
        separate: Whether each direction sees its own output of the layer below alone.
        truncate: Every how many steps the gradient is cut; None for never.
        every: Whether the states after every step are wanted.
        prepared: What a kernel keeps for it, by the shape of the batch.
    """

    layers: tuple[tuple[Line, ...], ...]
    shapes: tuple[tuple[int, ...], ...]
    separate: bool = False
    truncate: int | None = None
    every: bool = False
    prepared: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """All lines, layer by layer."""
        return tuple(line for layer in self.layers for line in layer)

    @cached_property
    def states(self) -> tuple[str, ...]:
        """The names of the states that every line carries."""
        return tuple(self.lines[0].schedule.states)

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The tensors in which states are given and returned.

        One for each state where all lines agree in its width, else one for each line.
        """
        return tuple(self._slots())

    def _slots(self) -> Iterator[Slot]:
        for name in self.states:
            widths = [line.width(line.schedule.states[name].width) for line in self.lines]
            if len({*widths}) == 1:
                yield Slot(name, widths[0], 0, len(widths))
            else:
                yield from (Slot(name, width, n, 1) for n, width in enumerate(widths))


@dataclass(frozen=True)
class Slot:
    """A tensor of states, (lines, B, width).

    Attributes:
        state: Which.
        width: Its numbers in a row.
        first: The first line whose state is in it.
        count: How many lines' are.
    """

    state: str
    width: int
    first: int
    count: int


@dataclass(eq=False, slots=True)
class Given:
    """What a network is run on.

    Attributes:
        x: (T, B, I).
        parameters: All tensors that lines take their parameters from.
        others: Further inputs, (T, B, width) each; lines say which is theirs.
        states: What :attr:`Network.slots` say, before the first step; none for zeros.
        lengths: How many steps each row has, (B,); None if all have T.
        resets: For each direction where a row starts afresh before a step is read, (T, B) of
            booleans; None for never.
        streams: For each direction where random numbers come from; None if none are drawn.
    """

    x: Tensor
    parameters: tuple[Tensor, ...]
    others: tuple[Tensor, ...] = ()
    states: tuple[Tensor, ...] = ()
    lengths: Tensor | None = None
    resets: tuple[Tensor, ...] | None = None
    streams: tuple[Stream, ...] | None = None


@dataclass(eq=False, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        output: The last layer's output at every step, (T, B, width).
        last: What :attr:`Network.slots` say, after the last step read.
        every: The same after every step, (lines, T, B, width) each, 0 after a row's end; None if
            not wanted.
    """

    output: Tensor
    last: tuple[Tensor, ...]
    every: tuple[Tensor, ...] | None = None
