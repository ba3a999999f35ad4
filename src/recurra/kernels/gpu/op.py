"""What remains of a layer in one direction as one operation that torch can differentiate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from recurra.kernels import reference
from recurra.kernels.gpu.runs import Arriving, Ran, backwards, forwards
from recurra.kernels.task import Result, Task


def apply(task: Task) -> Result:
    """Runs a task whose schedule is a remainder; ``every`` goes on after a row's end."""
    tensors = (*task.inputs.values(), *task.parameters.values(), *task.state)
    if torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors):
        found = _Run.apply(task, *tensors)  # type: ignore[no-untyped-call]
    else:
        found = _outcome(task, forwards(task, training=False))
    output, last = found[0], found[1 : 1 + len(task.state)]
    every = found[1 + len(last) :]
    if not task.every:
        return Result(output, last, None)
    return Result(output, last, (output, *every) if len(every) < len(last) else every)


def _outcome(task: Task, ran: Ran) -> tuple[Tensor, ...]:
    """The output, the states after the last step and, if wanted, after every one.

    A state that is the output is not there twice.
    """
    every = tuple(part for part in ran.after if part is not ran.output) if task.every else ()
    return (ran.output, *ran.last, *every)


class _Run(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, task: Task, *tensors: Tensor) -> tuple[Tensor, ...]:
        ctx.set_materialize_grads(False)
        names = ([*task.inputs], [*task.parameters], len(task.state))
        ran = forwards(named(task, *names[:2], tensors), training=True)
        ctx.save_for_backward(*tensors, *ran.after, *ran.saved)
        # Tensors are held by autograd alone, or they would hold each other for ever.
        ctx.task, ctx.names = replace(task, inputs={}, parameters={}, state=()), names
        return _outcome(task, ran)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> Any:
        inputs, parameters, states = ctx.names
        count = len(inputs) + len(parameters) + states
        saved, wanted = ctx.saved_tensors, ctx.needs_input_grad[1:]
        task = named(ctx.task, inputs, parameters, saved[:count])
        arriving = _arriving(gradients, states)
        if torch.is_grad_enabled() or any(map(_is_batched, gradients)):
            return (None, *differentiable(task, arriving, wanted))
        after, kept = saved[count : count + states], saved[count + states :]
        return (None, *backwards(task, after, kept, arriving, wanted))


def _is_batched(gradient: Tensor | None) -> bool:
    """Whether it stands for several, as with ``is_grads_batched`` of torch.autograd.grad."""
    return gradient is not None and torch._C._functorch.is_legacy_batchedtensor(gradient)


def _arriving(gradients: Sequence[Tensor | None], states: int) -> Arriving:
    output, last, every = gradients[0], gradients[1 : 1 + states], gradients[1 + states :]
    if every and len(every) < states:
        # The gradient of the first state, the output, has come as the output's.
        every = (None, *every)
    return Arriving(output, tuple(last), tuple(every))


def named(
    task: Task, inputs: Sequence[str], parameters: Sequence[str], tensors: Sequence[Tensor]
) -> Task:
    """A task of tensors in order: inputs, parameters, states."""
    first, second = len(inputs), len(inputs) + len(parameters)
    return replace(
        task,
        inputs=dict(zip(inputs, tensors[:first], strict=True)),
        parameters=dict(zip(parameters, tensors[first:second], strict=True)),
        state=tuple(tensors[second:]),
    )


def differentiable(
    task: Task, arriving: Arriving, wanted: Sequence[bool]
) -> tuple[Tensor | None, ...]:
    """The gradients, by the reference, which can be differentiated again."""
    is_again = torch.is_grad_enabled()
    with torch.enable_grad():
        result = reference.run(task)
    values = (result.output, *result.last, *(result.every or ()))
    gradients = (arriving.output, *arriving.last, *arriving.every)
    pairs = [(v, g) for v, g in zip(values, gradients, strict=False) if g is not None]
    tensors = (*task.inputs.values(), *task.parameters.values(), *task.state)
    sources = [tensor for tensor, want in zip(tensors, wanted, strict=True) if want]
    found = iter(
        torch.autograd.grad(
            [value for value, _ in pairs],
            sources,
            [gradient for _, gradient in pairs],
            create_graph=is_again,
            allow_unused=True,
        )
    )
    return tuple(next(found) if want else None for want in wanted)
