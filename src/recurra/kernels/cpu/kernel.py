"""The compiled kernel: networks and single lines in machine code."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from recurra.errors import ShapeError
from recurra.kernels.cpu import op, registered, threads
from recurra.kernels.cpu.numbers import as_numbers
from recurra.kernels.cpu.passes import in_order
from recurra.kernels.cpu.target import target
from recurra.kernels.network import Given, Line, Network, Outcome, Piece
from recurra.kernels.order import running
from recurra.kernels.philox import Stream
from recurra.kernels.task import Result, Task
from recurra.kernels.tracing import is_traced
from recurra.language import Schedule
from recurra.language.expression import Vector, topological

NAME = "cpu"
"""What reports call this kernel."""


def machinery() -> str:
    """What the code is made for, in words."""
    found = target()
    return f"{found.name}, vectors of {found.bits} bits, {threads.said()}"


def parameters_of(schedule: Schedule) -> tuple[str, ...]:
    """The parameters of a cell, matrices that multiply one vector one behind the other."""
    vectors = [n.parameter for n in topological(schedule.results) if isinstance(n, Vector)]
    return tuple(dict.fromkeys((*in_order(schedule), *vectors)))


def run_network(network: Network, given: Given) -> Outcome:
    """Runs a network over a batch of sequences."""
    x = given.x
    if x.stride(2) != 1 or x.is_neg() or x._is_zerotensor():
        given.x = as_numbers(x)
    given.parameters = _contiguous(given.parameters)
    _check(network, given)
    given.others = tuple([as_numbers(one) for one in given.others])
    given.states = tuple([as_numbers(one) for one in given.states])
    apply = registered.apply if is_traced() else op.apply
    output, states = apply(network, given)
    if not network.every:
        return Outcome(output, states)
    return Outcome(output, tuple(_at_end(network, s, n) for n, s in enumerate(states)), states)


def _check(network: Network, given: Given) -> None:
    """Refuses parameters that do not lie as the code was told: it would read elsewhere."""
    found, dtype = given.parameters, given.x.dtype
    if tuple([one.shape for one in found]) == network.shapes and all(
        [one.dtype is dtype and one.is_cpu for one in found]  # noqa: C419 - a list is quicker
    ):
        return
    for one, shape in zip(found, network.shapes, strict=True):
        if one.shape != shape or one.dtype != dtype or not one.is_cpu:
            raise ShapeError(
                f"a parameter of shape {tuple(one.shape)} and type {one.dtype} on {one.device}",
                f"shape {shape} and type {dtype} on cpu",
                "bring x to the type and place of the parameters, or make the layer anew rather "
                "than give its parameters other shapes or types",
            )


def _contiguous(tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """The same, lying as code expects them."""
    if all([tensor.is_contiguous() for tensor in tensors]):  # noqa: C419 - a list is quicker
        return tensors
    return tuple(as_numbers(tensor) for tensor in tensors)


def _at_end(network: Network, every: Tensor, number: int) -> Tensor:
    """The states after the last step that each line reads."""
    slot = network.slots[number]
    lines = network.lines[slot.first : slot.first + slot.count]
    return torch.stack(
        [states[0 if line.backwards else -1] for line, states in zip(lines, every, strict=True)]
    )


def run(task: Task) -> Result:
    """Runs a cell over a batch of sequences, in one direction."""
    names = parameters_of(task.schedule)
    parameters = tuple(task.parameters[name] for name in names)
    others = tuple(name for name in task.inputs if name != "x")
    network = _network(
        task.schedule,
        tuple(sorted(task.sizes.items())),
        tuple(tuple(tensor.shape) for tensor in parameters),
        others,
        task.truncate,
        task.every,
        0 if task.stream is None else task.stream.place,
    )
    stream = task.stream
    if stream is not None:
        rows, steps = (numbers.contiguous() for numbers in (stream.rows, stream.steps))
        stream = Stream(stream.seed, stream.place, rows, steps)
    outcome = run_network(
        network,
        Given(
            x=task.inputs["x"] if "x" in task.inputs else _missing(task),
            others=tuple(task.inputs[name] for name in others),
            states=tuple(state.unsqueeze(0) for state in task.state),
            parameters=parameters,
            lengths=task.lengths,
            resets=None if task.reset is None else (task.reset, task.reset),
            streams=None if stream is None else (stream, stream),
        ),
    )
    last = tuple(state.squeeze(0) for state in outcome.last)
    every = None
    if outcome.every is not None:
        every = tuple(_ended(task, state.squeeze(0)) for state in outcome.every)
    return Result(outcome.output, last, every)


def _missing(task: Task) -> Tensor:
    """An input for a cell that uses none."""
    steps, rows = next(iter(task.inputs.values())).shape[:2]
    return task.state[0].new_zeros(steps, rows, task.sizes["I"])


def _ended(task: Task, history: Tensor) -> Tensor:
    """The states after every step, 0 after a row's end."""
    if task.lengths is None:
        return history
    return torch.where(running(task.lengths, history.shape[0]).unsqueeze(-1), history, 0.0)


@lru_cache(maxsize=256)
def _network(
    schedule: Schedule,
    sizes: tuple[tuple[str, int], ...],
    shapes: tuple[tuple[int, ...], ...],
    others: tuple[str, ...],
    truncate: int | None,
    every: bool,
    place: int,
) -> Network:
    """A network of one line, the same object for the same line."""
    line = Line(
        schedule,
        dict(sizes),
        backwards=False,
        parameters={name: (Piece(n),) for n, name in enumerate(parameters_of(schedule))},
        inputs={name: n for n, name in enumerate(others)},
        place=place,
    )
    return Network(((line,),), shapes, truncate=truncate, every=every)
