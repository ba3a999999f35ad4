"""A call of a stack taken apart into strands: one layer in one direction each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from recurra.explain.watching import Call
from recurra.kernels import choose
from recurra.kernels.task import Result, Task
from recurra.language import Graph
from recurra.layers import Recurrent
from recurra.layers.arguments import arranged
from recurra.layers.passage import Layer, Order, Passed, Way, prepared
from recurra.layers.sequences import Sequences


@dataclass(frozen=True)
class Strand:
    """One layer in one direction, and how a batch went through it.

    Attributes:
        call: The call of the stack that it belongs to.
        number: Which layer of the stack.
        direction: ``"forwards"`` or ``"backwards"``.
        task: What the layer was asked to do, in the order in which it reads: from its end if it
            reads backwards, and with every so manieth step as a row of its own if it is dilated.
        result: What came of it, in that order.
        order: The way back to the order of time.
    """

    call: Call
    number: int
    direction: str
    task: Task
    result: Result
    order: Order

    @property
    def layer(self) -> Recurrent:
        """The stack."""
        return self.call.layer

    @property
    def graph(self) -> Graph:
        """The cell's equations, as they were run."""
        return self.layer.graph(self.number, training=self.layer.training)

    @property
    def place(self) -> str:
        """As ``layer 1 backwards``."""
        both = self.layer.directions != ("forwards",)
        return f"layer {self.number}" + (f" {self.direction}" if both else "")

    @property
    def name(self) -> str:
        """The same, and before it which of several stacks it is in."""
        return f"{self.call.name}, {self.place}" if self.call.name else self.place

    def before(self) -> tuple[Tensor, ...]:
        """Each state before every step, (T', R, width) in the order in which the layer reads."""
        assert self.result.every is not None
        found = []
        for first, every in zip(self.task.state, self.result.every, strict=True):
            former = torch.cat([first.unsqueeze(0), every[:-1]])
            if self.task.reset is not None:
                former = torch.where(self.task.reset.unsqueeze(-1), 0.0, former)
            found.append(former)
        return tuple(found)

    def in_time(self, values: Tensor) -> Tensor:
        """What is known of each step, (T', R, width), as (T, B, width): 0 after a row's end."""
        return self.order.ended(self.order.restored(values))


@dataclass(frozen=True)
class Run:
    """A call of a stack, run strand by strand.

    Attributes:
        given: What the layer gives when it is so called.
        strands: Its layers and directions, from the lowest on.
    """

    given: Any
    strands: tuple[Strand, ...]


def run(call: Call) -> Run:
    """Runs a stack by the compiled kernel, each layer and direction seen.

    Args:
        call: One in evaluation, where no chance takes part.
    """
    layer, given = call.layer, call.arguments
    sequences, form = arranged(
        given["x"],
        batch_first=layer.batch_first,
        input_size=layer.input_size,
        like=next(layer.parameters()),
        lengths=given.get("lengths"),
        reset=given.get("reset"),
        dt=given.get("dt"),
        missing=given.get("missing"),
    )
    before = layer._started(layer._before(given.get("state"), sequences, form), sequences)
    found: list[Strand] = []
    passed: list[Passed] = []
    with torch.no_grad():
        output = layer._climb(sequences, partial(_layer, call, before, found, passed))
    state = layer._state(passed, form, given.get("states", "last"))
    return Run((form.given_back(output, sequences.lengths), state), tuple(found))


def _layer(  # noqa: PLR0917 - a stack's climb gives the last two
    call: Call,
    before: list[dict[str, Tensor]],
    found: list[Strand],
    every: list[Passed],
    number: int,
    seen: list[Sequences],
) -> tuple[list[Tensor], list[Passed]]:
    """Runs one layer in all its directions, and notes its strands."""
    layer, passed = call.layer, list[Passed]()
    for place, direction in enumerate(layer.directions):
        equations = Layer(
            layer.graph(number, training=layer.training),
            layer.weights(number, direction),
            layer.sizes(number),
        )
        way = Way(
            backwards=direction == "backwards",
            dilation=layer.dilation[number],
            place=0,
            seed=0,
            row_numbers=torch.arange(seen[place].rows, device=seen[place].x.device),
            truncate=None,
            every=True,
        )
        own = before[number * len(layer.directions) + place]
        ready = prepared(equations, seen[place], own, way)
        result = choose.run(ready.task)
        passed.append(ready.passed(result))
        found.append(Strand(call, number, direction, ready.task, result, ready.order))
    every.extend(passed)
    outputs = [one.output for one in passed]
    return layer._joined(outputs, top=number + 1 == layer.num_layers), passed
