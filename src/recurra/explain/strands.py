"""A call of a stack taken apart into strands: one layer in one direction each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from recurra.explain.recording import recorded
from recurra.explain.watching import Call
from recurra.kernels.task import Result, Task
from recurra.language import Expression, Graph
from recurra.layers import Recurrent
from recurra.layers.leg import Leg
from recurra.layers.passage import Order, Passed


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
        values: The gates, and the factors by which states are carried on, by their equations.
        order: The way back to the order of time.
    """

    call: Call
    number: int
    direction: str
    task: Task
    result: Result
    values: Mapping[Expression, Tensor]
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
    found: list[Strand] = []

    def seen(leg: Leg) -> Passed:
        ready = leg.prepared()
        result, values = recorded(ready.task, leg.layer.graph)
        found.append(
            Strand(call, leg.number, leg.direction, ready.task, result, values, ready.order)
        )
        return ready.passed(result)

    with torch.no_grad():
        given = call.layer.leg_by_leg(seen, **call.arguments)
    return Run(given, tuple(found))
