"""A stack of layers as one operation that torch can differentiate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from recurra.kernels import stacked
from recurra.kernels.cpu.runs import backwards, forwards, run_of
from recurra.kernels.network import Given, Network


def apply(network: Network, given: Given) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The output after every step and the states after the last or every step."""
    if torch.is_grad_enabled():
        tensors = (given.x, *given.others, *given.states, *given.parameters)
        if any([tensor.requires_grad for tensor in tensors]):  # noqa: C419 - a list is quicker
            output, *found = _Run.apply(network, given, *tensors)  # type: ignore[no-untyped-call]
            return output, tuple(found)
    output, states, _ = forwards(run_of(network, given, training=False), given)
    return output, states


class _Run(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, network: Network, given: Given, *tensors: Tensor) -> tuple[Tensor, ...]:
        ctx.set_materialize_grads(False)
        ctx.run = run = run_of(network, given, training=True)
        output, states, kept = forwards(run, given)
        # Tensors are held by autograd alone, or they would hold each other for ever.
        ctx.counts = (len(given.others), len(given.states))
        ctx.marks = (given.lengths, given.resets, given.streams)
        held = states if network.every else ()
        ctx.save_for_backward(*tensors, output, *held, kept)
        return (output, *states)

    @staticmethod
    def backward(ctx: Any, *arriving: Tensor | None) -> Any:
        saved = ctx.saved_tensors
        held = len(arriving) - 1 if ctx.run.network.every else 0
        count = len(saved) - 2 - held
        given = _given(ctx, saved[:count])
        results = (saved[count], saved[count + 1 : -1], saved[-1])
        wanted = ctx.needs_input_grad[2:]
        if torch.is_grad_enabled() or any(map(_is_batched, arriving)):
            return (None, None, *differentiable(ctx.run.network, given, arriving, wanted))
        others, states = ctx.counts
        first = 1 + others + states
        inputs = tuple([n for n in range(others) if wanted[1 + n]])
        asked = (wanted[0], inputs, any(wanted[1 + others : first]), any(wanted[first:]))
        made = backwards(ctx.run, given, results, arriving, asked)
        return (None, None, made.x, *made.others, *made.states, *made.parameters)


def _is_batched(gradient: Tensor | None) -> bool:
    """Whether it stands for several, as with ``is_grads_batched`` of torch.autograd.grad."""
    # That one still maps in the way before torch.func.
    return gradient is not None and torch._C._functorch.is_legacy_batchedtensor(gradient)


def _given(ctx: Any, tensors: Sequence[Tensor]) -> Given:
    others, states = ctx.counts
    first = 1 + others + states
    return Given(
        tensors[0],
        tuple(tensors[first:]),
        tuple(tensors[1 : 1 + others]),
        tuple(tensors[1 + others : first]),
        *ctx.marks,
    )


def differentiable(
    network: Network,
    given: Given,
    gradients: Sequence[Tensor | None],
    wanted: Sequence[bool],
) -> tuple[Tensor | None, ...]:
    """The gradients, by the reference, which can be differentiated again."""
    is_again = torch.is_grad_enabled()
    with torch.enable_grad():
        outcome = stacked.run(network, given)
    pairs = zip((outcome.output, *(outcome.every or outcome.last)), gradients, strict=True)
    reached = [(value, gradient) for value, gradient in pairs if gradient is not None]
    tensors = (given.x, *given.others, *given.states, *given.parameters)
    sources = [tensor for tensor, want in zip(tensors, wanted, strict=True) if want]
    found = iter(
        torch.autograd.grad(
            [value for value, _ in reached],
            sources,
            [gradient for _, gradient in reached],
            create_graph=is_again,
            allow_unused=True,
        )
    )
    return tuple(next(found) if want else None for want in wanted)
