"""The passes of a layer run on tensors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.kernels.cpu.passes import CUT, Backward, Passes, passes, shares_output
from recurra.kernels.cpu.whole import FRESH, RUNNING
from recurra.kernels.gpu.memory import Memory, emitted
from recurra.kernels.gpu.outer import of_matrices
from recurra.kernels.order import running
from recurra.kernels.task import Task


@dataclass(frozen=True)
class Ran:
    """What a forward pass leaves.

    Attributes:
        output: The output after every step, (T, B, width).
        after: Each state after every step, (T, B, width).
        last: Each state after the last step, (B, width).
        saved: What the backward pass needs beside the states.
    """

    output: Tensor
    after: tuple[Tensor, ...]
    last: tuple[Tensor, ...]
    saved: tuple[Tensor, ...]


@dataclass(frozen=True)
class Arriving:
    """The gradients of what came of a task; None for zeros.

    Attributes:
        output: (T, B, width).
        last: Of each state after the last step, (B, width).
        every: Of each state after every step, (T, B, width); none where those are not wanted.
    """

    output: Tensor | None
    last: tuple[Tensor | None, ...]
    every: tuple[Tensor | None, ...]


def passes_of(task: Task) -> Passes:
    """The passes of a task."""
    return passes(
        task.schedule,
        lengths=task.lengths is not None,
        reset=task.reset is not None,
        cut=task.truncate is not None,
        every=task.every,
    )


def forwards(task: Task, *, training: bool) -> Ran:
    """Runs the forward pass; in training it keeps what the backward pass needs."""
    found = passes_of(task)
    memory = Memory(task, emitted(found.training if training else found.inference, backwards=False))
    _give_known(memory)
    if training:
        memory.make_together(found.saved)
    memory.launch()
    after = tuple(memory.named[f"after {name}"] for name in task.schedule.states)
    return Ran(
        output=after[0] if shares_output(found.graph) else memory.named["output"],
        after=after,
        last=tuple(part[-1].clone() for part in after),
        saved=tuple(memory.of(array) for array in found.saved if training),
    )


def backwards(
    task: Task,
    after: Sequence[Tensor],
    saved: Sequence[Tensor],
    arriving: Arriving,
    wanted: Sequence[bool],
) -> tuple[Tensor | None, ...]:
    """Runs the backward pass.

    Args:
        task: The task.
        after: Each state after every step.
        saved: What the forward pass has saved.
        arriving: The gradients of what came of the task.
        wanted: Which gradients are asked for: of each input, parameter and state.

    Returns:
        The gradient of each input, parameter and state.
    """
    found = passes_of(task)
    memory = Memory(task, emitted(found.backward.plan, found.backward.bundles, backwards=True))
    for array, tensor in zip(found.saved, saved, strict=True):
        memory.give(array.name, tensor)
    for name, tensor in zip(task.schedule.states, after, strict=True):
        memory.give(f"after {name}", tensor)
    _give_known(memory)
    _give_arriving(memory, arriving)
    for bundle in found.backward.bundles:
        width = memory.width(bundle.members[0].width)
        tensor = memory.like.new_empty(memory.steps, memory.rows, width * len(bundle.members))
        for member, part in zip(bundle.members, torch.split(tensor, width, -1), strict=True):
            memory.give(member.name, part)
        memory.give(bundle.name, tensor)
    memory.launch()
    return tuple(_gradients(memory, found, wanted))


def _give_known(memory: Memory) -> None:
    """What is known of all steps, and the states before the first."""
    task = memory.task
    for name, tensor in (*task.inputs.items(), *_marks(memory)):
        memory.give(name, tensor)
    for name, state in zip(task.schedule.states, task.state, strict=True):
        memory.edges[f"before {name}"] = state.contiguous()


def _marks(memory: Memory) -> Iterator[tuple[str, Tensor]]:
    """Whether rows run, start afresh and are cut off at each step, as numbers, (T, B, 1)."""
    task, like = memory.task, memory.like
    runs = None
    if task.lengths is not None:
        runs = running(task.lengths, memory.steps)
        yield RUNNING, runs.to(like.dtype).unsqueeze(-1)
    if task.reset is not None:
        yield FRESH, task.reset.to(like.dtype).unsqueeze(-1)
    if task.truncate is not None:
        numbers = torch.arange(memory.steps, device=like.device).unsqueeze(1)
        cut = (numbers % task.truncate == 0) & (numbers > 0)
        # After a row's end nothing is cut: its state is what it ended with.
        cut = cut.expand(-1, memory.rows) if runs is None else cut & runs
        yield CUT, cut.to(like.dtype).unsqueeze(-1)


def _give_arriving(memory: Memory, arriving: Arriving) -> None:
    states = memory.task.schedule.states
    outside = {"output": arriving.output, **dict(zip(states, arriving.every, strict=False))}
    for slot in memory.emitted.slots:
        name = slot.name.removeprefix("outside ")
        if name != slot.name:
            gradient = outside.get(name)
            if gradient is None:
                memory.nothing(slot.name, slot.width)
            else:
                memory.give(slot.name, gradient)
    for (name, leaf), gradient in zip(states.items(), arriving.last, strict=True):
        shape = (memory.rows, memory.width(leaf.width))
        arrived = memory.like.new_zeros(shape) if gradient is None else gradient.contiguous()
        memory.edges[f"arriving {name}"] = arrived


def _gradients(memory: Memory, found: Passes, wanted: Sequence[bool]) -> Iterator[Tensor | None]:
    backward, task = found.backward, memory.task
    needs = dict(zip([*task.inputs, *task.parameters], wanted, strict=False))
    for name in task.inputs:
        yield _of_input(memory, backward, name) if needs[name] else None
    matrices = of_matrices(memory, backward, {name for name, want in needs.items() if want})
    for name in task.parameters:
        vector = backward.vectors.get(name)
        if vector is not None and needs[name]:
            yield memory.named[vector.name].sum(0)
        else:
            yield matrices.get(name)
    for name in task.schedule.states:
        # The first step, the last of the pass, uses the first part.
        yield memory.named[f"leaving {name}"][0]


def _of_input(memory: Memory, backward: Backward, name: str) -> Tensor | None:
    """The gradient of an input: what is no product, and products of all steps at once."""
    partial = backward.partial.get(name)
    total = None if partial is None else memory.of(partial)
    for matrix, left in backward.products.get(name, ()):
        term = memory.of(left) @ memory.task.parameters[matrix]
        total = term if total is None else total + term
    return total
