"""A stack of layers as an operation registered with torch, for the graphs of torch.compile.

A call outside of graphs goes to :mod:`recurra.kernels.cpu.op`, which is quicker.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from recurra.errors import OptionError
from recurra.kernels.cpu.fingerprint import fingerprint
from recurra.kernels.cpu.frame import Frame, Shape
from recurra.kernels.cpu.numbers import as_numbers
from recurra.kernels.cpu.op import differentiable
from recurra.kernels.cpu.runs import backwards, forwards, run_of
from recurra.kernels.network import Given, Line, Network
from recurra.kernels.philox import Stream, as_tensor

_networks: dict[str, Network] = {}
"""What graphs name. A graph may outlive the layer that it was made for, so they stay."""


def apply(network: Network, given: Given) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The output after every step and the states after the last or every step."""
    tensors = (given.x, *given.others, *given.states, *given.parameters)
    training = torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors)
    output, *states, _ = torch.ops.recurra.stack(*_spread(given), name_of(network), training)
    return output, tuple(states)


def name_of(network: Network) -> str:
    """What graphs call a network: the same for equal ones in every process.

    torch keeps what it compiled on disk, by a graph's text, so a name may not mean another network
    in the next process.
    """
    said = [
        [_said(line) for line in network.lines],
        [len(layer) for layer in network.layers],
        network.shapes,
        [network.separate, network.truncate, network.every],
    ]
    name = hashlib.sha256(repr(said).encode()).hexdigest()
    _networks.setdefault(name, network)
    return name


def _said(line: Line) -> list[Any]:
    parameters, inputs = sorted(line.parameters.items()), sorted(line.inputs.items())
    sizes = sorted(line.sizes.items())
    return [fingerprint(line.schedule), sizes, line.backwards, parameters, inputs, line.place]


def _network(name: str) -> Network:
    if name not in _networks:
        raise OptionError(
            "a compiled graph from another process",
            "one that was compiled in this process",
            "call torch.compile here, or save the model with torch.export",
        )
    return _networks[name]


# How what a network is run on is laid out for torch, and back


def _spread(given: Given) -> tuple[Any, ...]:
    return (
        given.x,
        [*given.others],
        [*given.states],
        [*given.parameters],
        given.lengths,
        [*(given.resets or ())],
        _chance(given),
    )


def _chance(given: Given) -> list[Tensor]:
    """The seed, the numbers of rows, and those of steps for each direction."""
    if given.streams is None:
        return []
    seed = given.streams[0].seed
    seed = seed if isinstance(seed, Tensor) else as_tensor(seed)
    return [seed, given.streams[0].rows, *(stream.steps for stream in given.streams)]


def _given(
    x: Tensor,
    others: Sequence[Tensor],
    states: Sequence[Tensor],
    parameters: Sequence[Tensor],
    lengths: Tensor | None,
    resets: Sequence[Tensor],
    chance: Sequence[Tensor],
) -> Given:
    """The way back from :func:`_spread`; numbers lie as code expects them."""
    return Given(
        x if x.stride(2) == 1 else x.contiguous(),
        tuple(map(as_numbers, parameters)),
        tuple(map(as_numbers, others)),
        tuple(map(as_numbers, states)),
        lengths,
        tuple(resets) or None,
        _streams(*chance) if chance else None,
    )


def _streams(seed: Tensor, rows: Tensor, *steps: Tensor) -> tuple[Stream, ...]:
    number = int(seed) & 0xFFFFFFFFFFFFFFFF
    return tuple(Stream(number, 0, rows.contiguous(), numbers.contiguous()) for numbers in steps)


# With numbers


def _stack(*arguments: Any) -> list[Tensor]:
    *spread, name, training = arguments
    given = _given(*spread)
    output, states, kept = forwards(run_of(_network(name), given, training=training), given)
    return [output, *states, kept]


def _stack_backward(
    arriving: Sequence[Tensor | None], results: Sequence[Tensor], *arguments: Any
) -> list[Tensor]:
    *spread, name, asked, inputs = arguments
    given, (x, states, parameters) = _given(*spread), asked
    run = run_of(_network(name), given, training=True)
    output, *after, kept = results
    wanted = (x, tuple(inputs), states, parameters)
    made = backwards(run, given, (output, tuple(after), kept), tuple(arriving), wanted)
    found = (made.x, *made.others, *made.states, made.flat)
    return [one for one in found if one is not None]


# Without numbers


def _stack_shapes(
    x: Tensor,
    others: Sequence[Tensor],
    states: Sequence[Tensor],
    parameters: Sequence[Tensor],
    lengths: Tensor | None,
    resets: Sequence[Tensor],
    chance: Sequence[Tensor],
    network: str,
    training: bool,
) -> list[Tensor]:
    found, (steps, rows, width) = _network(network), x.shape
    number = str(x.dtype).removeprefix("torch.")
    given = (lengths is not None, bool(resets), bool(states))
    # Where the input's steps lie and how many threads there are changes nothing of what is kept.
    frame = Frame(found, Shape(steps, rows, rows * width, width, number, 1, *given, training))
    lead = (steps, rows) if found.every else (rows,)
    return [
        x.new_empty(steps, rows, sum(line.output_width for line in found.layers[-1])),
        *(x.new_empty(slot.count, *lead, slot.width) for slot in found.slots),
        x.new_empty(frame.kept.bytes, dtype=torch.uint8),
    ]


def _stack_backward_shapes(
    arriving: Sequence[Tensor | None],
    results: Sequence[Tensor],
    x: Tensor,
    others: Sequence[Tensor],
    states: Sequence[Tensor],
    parameters: Sequence[Tensor],
    lengths: Tensor | None,
    resets: Sequence[Tensor],
    chance: Sequence[Tensor],
    network: str,
    asked: Sequence[bool],
    inputs: Sequence[int],
) -> list[Tensor]:
    found = [x] * asked[0] + [others[number] for number in inputs] + [*states] * asked[1]
    flat = [x.new_empty(sum(tensor.numel() for tensor in parameters))] * asked[2]
    return [tensor.new_empty(tensor.shape) for tensor in found] + flat


# Derivatives


def _remember(ctx: Any, inputs: tuple[Any, ...], output: list[Tensor]) -> None:
    x, others, states, parameters, lengths, resets, chance, ctx.name, _ = inputs
    ctx.set_materialize_grads(False)
    marks = [] if lengths is None else [lengths]
    results = output if _network(ctx.name).every else [output[0], output[-1]]
    lists = ([x], others, states, parameters, marks, resets, chance, results)
    ctx.counts = [len(one) for one in lists]
    ctx.save_for_backward(*(tensor for one in lists for tensor in one))


def _gradients(ctx: Any, arriving: list[Tensor | None]) -> tuple[Any, ...]:
    saved = iter(ctx.saved_tensors)
    (x,), *lists, results = ([*islice(saved, count)] for count in ctx.counts)
    others, states, parameters, marks, resets, chance = lists
    spread = (x, others, states, parameters, marks[0] if marks else None, resets, chance)
    made = _made(ctx.name, spread, results, arriving[:-1], ctx.needs_input_grad[:4])
    found = (next(made), *([*islice(made, len(one))] for one in (others, states, parameters)))
    return (*found, None, [None] * len(resets), [None] * len(chance), None, None)


def _made(
    name: str,
    spread: tuple[Any, ...],
    results: list[Tensor],
    arriving: list[Tensor | None],
    wanted: Sequence[Any],
) -> Iterator[Tensor | None]:
    """The gradient of x, others, states and parameters, each None if it is not wanted."""
    x, others, states, parameters = wanted
    if torch.is_grad_enabled():
        flat = (x, *others, *states, *parameters)
        yield from differentiable(_network(name), _given(*spread), arriving, flat)
        return
    inputs = [number for number, want in enumerate(others) if want]
    asked = [x, any(states), any(parameters)]
    made = iter(torch.ops.recurra.stack_backward(arriving, results, *spread, name, asked, inputs))
    for want in (x, *others, *[any(states)] * len(states)):
        yield next(made) if want else None
    yield from _parted(next(made), spread[3]) if any(parameters) else [None] * len(parameters)


def _parted(flat: Tensor, like: Sequence[Tensor]) -> Iterator[Tensor]:
    """Tensors that lie one behind the other."""
    parts = torch.split(flat, [tensor.numel() for tensor in like])
    for part, tensor in zip(parts, like, strict=True):
        yield part.view(tensor.shape)


def _register() -> None:
    given = (
        "Tensor x, Tensor[] others, Tensor[] states, Tensor[] parameters, Tensor? lengths, "
        "Tensor[] resets, Tensor[] chance, str network"
    )
    forward = f"({given}, bool training) -> Tensor[]"
    arriving = "Tensor?[] arriving, Tensor[] results"
    backward = f"({arriving}, {given}, bool[] asked, int[] inputs) -> Tensor[]"
    for name, schema, function, shapes in (
        ("recurra::stack", forward, _stack, _stack_shapes),
        ("recurra::stack_backward", backward, _stack_backward, _stack_backward_shapes),
    ):
        torch.library.define(name, schema, tags=torch.Tag.pt2_compliant_tag)
        torch.library.impl(name, "CPU")(function)
        torch.library.register_fake(name)(shapes)
    torch.library.register_autograd("recurra::stack", _gradients, setup_context=_remember)


_register()
