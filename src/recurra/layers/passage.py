"""One layer in one direction: from sequences and a state to outputs and a state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.kernels.derived import with_derived
from recurra.kernels.order import dilate, mirror, running, undilate
from recurra.kernels.philox import Seed, Stream
from recurra.kernels.task import Result, Task
from recurra.language import Graph, schedule
from recurra.layers.clock import at_end, count, earlier
from recurra.layers.sequences import Sequences

State = dict[str, Tensor]
"""What one layer carries in one direction, by name: the cell's states (B, width), the inputs before
(``"x_1"``: (B, I), ...), the number of the next step (``"t"``: (B, 1)). With a dilation d all but
``"t"`` have d in front: the state that the next step starts from, that of the one after, ..."""


@dataclass(frozen=True)
class Way:
    """How a layer is run.

    Attributes:
        backwards: Whether from the end of each row to its start.
        dilation: How many steps apart the steps lie that it connects.
        place: Which layer and direction of its stack it is, for random numbers.
        seed: The call's.
        row_numbers: That of each row of the batch, (B,), for random numbers.
        truncate: Every how many steps the gradient is cut; None for never.
        every: Whether the states after each step are wanted.
    """

    backwards: bool
    dilation: int
    place: int
    seed: Seed
    row_numbers: Tensor
    truncate: int | None
    every: bool


@dataclass(frozen=True)
class Passed:
    """What came of it, in the order of time.

    Attributes:
        output: (T, B, width).
        state: What is carried on.
        every: The same after every step, (T, B, width), by name; empty if not wanted.
    """

    output: Tensor
    state: State
    every: Mapping[str, Tensor]


@dataclass(frozen=True)
class Layer:
    """A layer in one direction: equations with numbers.

    Attributes:
        graph: The cell's equations.
        parameters: By the cell's own names.
        sizes: What the widths ``"H"`` and ``"I"`` are.
    """

    graph: Graph
    parameters: Mapping[str, Tensor]
    sizes: Mapping[str, int]


@dataclass(frozen=True)
class Prepared:
    """A layer in one direction that is ready to be run.

    Attributes:
        task: What a kernel is asked to do, in the order in which the layer reads.
        passed: From what a kernel gives to what comes of it, in the order of time.
        order: The way back to the order of time.
    """

    task: Task
    passed: Callable[[Result], Passed]
    order: Order


def prepared(layer: Layer, sequences: Sequences, state: State, way: Way) -> Prepared:
    """Brings sequences and a state into the order in which a layer reads."""
    read = sequences.mirrored() if way.backwards else sequences
    rows = read.dilated(way.dilation)
    before = _by_row(state, way.dilation)
    inputs = _inputs(layer.graph, rows, before)
    steps = numbers = None
    if layer.graph.counts or layer.graph.randoms or "t" in state:
        steps = _steps(read, state)
        numbers = dilate(steps, way.dilation) if way.dilation > 1 else steps
        if "t" in layer.graph.inputs:
            inputs["t"] = (numbers // way.dilation).unsqueeze(-1).to(rows.x.dtype)
    task = Task(
        schedule=schedule(layer.graph),
        parameters=with_derived(layer.parameters, layer.graph.derived),
        sizes=layer.sizes,
        inputs=inputs,
        state=tuple(before[name] for name in layer.graph.states),
        lengths=rows.lengths,
        reset=rows.reset,
        stream=_stream(layer.graph, way, numbers),
        truncate=way.truncate and -(-way.truncate // way.dilation),
        every=way.every,
    )
    order = Order(sequences, way)

    def passed(result: Result) -> Passed:
        last, every = _carried(layer.graph, rows, before, inputs, result)
        if "t" in state and steps is not None:
            after = (steps + 1).unsqueeze(-1)
            last["t"] = at_end(after, state["t"], read.lengths)
            if way.every:
                every["t"] = dilate(after, way.dilation) if way.dilation > 1 else after
        return Passed(
            order.restored(result.output),
            {name: part if name == "t" else order.next_first(part) for name, part in last.items()},
            {name: order.ended(order.restored(part)) for name, part in every.items()},
        )

    return Prepared(task, passed, order)


def _steps(read: Sequences, state: State) -> Tensor:
    """The number of each row's own step, (T, B)."""
    first = read.x.new_zeros(read.rows, 1, dtype=torch.int64)
    return count(state.get("t", first).squeeze(-1), read.reset, read.steps)


def _by_row(state: State, dilation: int) -> State:
    """The states of a dilated layer with each of its rows beside the others."""
    if dilation == 1:
        return state
    return {name: part if name == "t" else part.flatten(0, 1) for name, part in state.items()}


def _inputs(graph: Graph, rows: Sequences, state: State) -> dict[str, Tensor]:
    """All that the step asks for but the number of the step, (T, B, width) each."""
    used = {"x", *graph.inputs}
    known = {"x": rows.x} | {f"below.{name}": part for name, part in rows.below.items()}
    if "dt" in used:
        known["dt"] = rows.x.new_ones(1, 1, 1) if rows.dt is None else rows.dt
    if "missing" in used:
        known["missing"] = torch.zeros_like(rows.x) if rows.missing is None else rows.missing
    if graph.earlier:
        before = [state[f"x_{back}"] for back in range(1, graph.earlier + 1)]
        found = earlier(rows.x, before, rows.reset)
        known |= {f"x_{back}": part for back, part in enumerate(found, 1)}
        used |= {f"x_{back}" for back in range(1, graph.earlier + 1)}
    shape = rows.x.shape[:2]
    return {name: part.expand(*shape, -1) for name, part in known.items() if name in used}


def _stream(graph: Graph, way: Way, steps: Tensor | None) -> Stream | None:
    if not graph.randoms or steps is None:
        return None
    return Stream(way.seed, way.place, way.row_numbers.repeat(way.dilation), steps)


def _carried(
    graph: Graph, rows: Sequences, before: State, inputs: Mapping[str, Tensor], result: Result
) -> tuple[State, State]:
    """States and earlier inputs after the last step and, if wanted, after each."""
    last = dict(zip(graph.states, result.last, strict=True))
    every = {} if result.every is None else dict(zip(graph.states, result.every, strict=True))
    for back in range(1, graph.earlier + 1):
        name = f"x_{back}"
        values = inputs["x" if back == 1 else f"x_{back - 1}"]
        last[name] = at_end(values, before[name], rows.lengths)
        if result.every is not None:
            every[name] = values
    return last, every


@dataclass(frozen=True)
class Order:
    """The way back to the order of time."""

    sequences: Sequences
    way: Way

    def restored(self, values: Tensor) -> Tensor:
        """What is known of each step, (T, B, width), in the order of time."""
        if self.way.dilation > 1:
            values = undilate(values, self.way.dilation, self.sequences.steps)
        return mirror(values, self.sequences.lengths) if self.way.backwards else values

    def ended(self, values: Tensor) -> Tensor:
        """The same with 0 after each row's end."""
        if self.sequences.lengths is None:
            return values
        live = running(self.sequences.lengths, self.sequences.steps)
        return torch.where(live.unsqueeze(-1), values, 0)

    def next_first(self, part: Tensor) -> Tensor:
        """The states of a dilated layer, (d, B, width), that which the next step needs first."""
        dilation = self.way.dilation
        if dilation == 1:
            return part
        by_row = part.reshape(dilation, self.sequences.rows, -1)
        slots = torch.arange(dilation, device=part.device).unsqueeze(1)
        lengths = self.sequences.lengths
        ended = slots + (self.sequences.steps if lengths is None else lengths)
        index = (ended % dilation).expand(dilation, self.sequences.rows)
        return by_row.gather(0, index.unsqueeze(-1).expand(by_row.shape))
