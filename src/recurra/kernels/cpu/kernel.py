"""The compiled kernel: the loop over time and the products before it in machine code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import torch
from torch import Tensor

from recurra.kernels.cpu import threads
from recurra.kernels.cpu.fingerprint import fingerprint
from recurra.kernels.cpu.linear import linear
from recurra.kernels.cpu.loop import FRESH, RUNNING
from recurra.kernels.cpu.machine import Machine
from recurra.kernels.cpu.passes import CUT, Passes, passes
from recurra.kernels.cpu.sweep import Call, Slice, sweep
from recurra.kernels.cpu.target import target
from recurra.kernels.hoisting import Values, before_the_loop, hoisted, whole
from recurra.kernels.task import Result, Task
from recurra.language import Schedule
from recurra.language.expression import Expression

NAME = "cpu"
"""What reports call this kernel."""


def machinery() -> str:
    """What the code is made for, in words."""
    found = target()
    return f"{found.name}, vectors of {found.bits} bits, {threads.said()}"


def run(task: Task) -> Result:
    """Runs a cell over a batch of sequences."""
    values = before_the_loop(task, linear)
    machine = _machine(
        task.schedule,
        str(task.state[0].dtype).removeprefix("torch."),
        lengths=task.lengths is not None,
        reset=task.reset is not None,
        cut=task.truncate is not None,
        every=task.every,
    )
    loop = machine.passes.loop
    tensors, slices = _inputs(machine.passes, values, task.schedule)
    steps, rows = next(iter(task.inputs.values())).shape[:2]
    call = Call(
        machine=machine,
        sizes=task.sizes,
        slices=slices,
        matrices=machine.matrices,
        marks=_marks(task, steps, rows),
        truncate=task.truncate,
        every=task.every,
        steps=steps,
        rows=rows,
    )
    vectors = [values[node].reshape(-1) for node in loop.vectors.values()]
    matrices = [task.parameters[name] for name in machine.matrices]
    output, *states = sweep(call, tensors, vectors, matrices, task.state)
    if not task.every:
        return Result(output, tuple(states), None)
    return Result(output, tuple(part[-1] for part in states), _ended(task, states))


@cache
def _machine(schedule: Schedule, number: str, **options: bool) -> Machine:
    """A cell's code for one type of number and one choice of what it is given."""
    name = f"{fingerprint(schedule)} {number} {sorted(options.items())}"
    return Machine(name, passes(schedule, **options), number)


def _inputs(
    made: Passes, values: Values, schedule: Schedule
) -> tuple[list[Tensor], dict[str, Slice]]:
    """The tensors in which the inputs of the loop lie, and where."""
    beside: dict[Expression, tuple[Expression, int]] = {}
    for product in hoisted(schedule):
        for place, node in enumerate(product.results):
            beside[node] = (whole(product.results), place)
    tensors: dict[Expression, int] = {}
    slices: dict[str, Slice] = {}
    for name, node in made.loop.inputs.items():
        home, place = beside.get(node, (node, 0))
        number = tensors.setdefault(home, len(tensors))
        slices[name] = Slice(number, place * values[node].shape[-1])
    return [values[home] for home in tensors], slices


def _marks(task: Task, steps: int, rows: int) -> Mapping[str, Tensor]:
    """What the loop is told of each step, as numbers, (T, B, 1)."""
    found: dict[str, Tensor] = {}
    numbers = torch.arange(steps).unsqueeze(1)
    if task.lengths is not None:
        found[RUNNING] = numbers < task.lengths
    if task.reset is not None:
        found[FRESH] = task.reset
    if task.truncate is not None:
        cut = (numbers % task.truncate == 0).expand(steps, rows)
        # After a row's end nothing is cut: its state is what it ended with.
        found[CUT] = cut & found[RUNNING] if task.lengths is not None else cut
    dtype = task.state[0].dtype
    return {name: mark.unsqueeze(-1).to(dtype).contiguous() for name, mark in found.items()}


def _ended(task: Task, history: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """The states after every step, 0 after a row's end."""
    if task.lengths is None:
        return tuple(history)
    live = torch.arange(len(history[0])).unsqueeze(1) < task.lengths
    return tuple(torch.where(live.unsqueeze(-1), part, 0.0) for part in history)
