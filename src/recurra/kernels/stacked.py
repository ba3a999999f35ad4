"""Networks by the reference: line after line, each read in the order in which it runs."""

from __future__ import annotations

import torch
from torch import Tensor

from recurra.kernels import reference
from recurra.kernels.network import Given, Line, Network, Outcome
from recurra.kernels.order import mirror, running
from recurra.kernels.philox import Stream
from recurra.kernels.task import Result, Task


def run(network: Network, given: Given) -> Outcome:
    """Runs a network over a batch of sequences."""
    seen = [given.x] * len(network.layers[0])
    results: list[Result] = []
    number = 0
    for layer in network.layers:
        outputs = []
        for direction, line in enumerate(layer):
            state = _before(network, given, number)
            result = _result(network, given, line, seen[direction], state)
            outputs.append(result.output)
            results.append(result)
            number += 1
        if not network.separate:
            outputs = [torch.cat(outputs, dim=-1)] * len(layer)
        seen = outputs
    output = torch.cat(seen, dim=-1) if network.separate else seen[0]
    return Outcome(output, _last(network, results), _every(network, results))


def _before(network: Network, given: Given, number: int) -> tuple[Tensor, ...]:
    """The states of a line before its first step."""
    found = []
    for place, slot in enumerate(network.slots):
        if 0 <= number - slot.first < slot.count:
            zeros = given.x.new_zeros(given.x.shape[1], slot.width)
            states = given.states
            found.append(states[place][number - slot.first] if states else zeros)
    return tuple(found)


def _result(
    network: Network, given: Given, line: Line, x: Tensor, state: tuple[Tensor, ...]
) -> Result:
    """What came of a line, in the order of time."""

    def turned(values: Tensor) -> Tensor:
        return mirror(values, given.lengths) if line.backwards else values

    direction = int(line.backwards)
    others = {name: turned(given.others[place]) for name, place in line.inputs.items()}
    result = reference.run(
        Task(
            schedule=line.schedule,
            parameters=_parameters(line, given),
            sizes=line.sizes,
            inputs={"x": turned(x), **others},
            state=state,
            lengths=given.lengths,
            reset=None if given.resets is None else turned(given.resets[direction]),
            stream=_stream(given, line),
            truncate=network.truncate,
            every=network.every,
        )
    )
    every = None
    if result.every is not None:
        kept = state if line.backwards else result.last
        every = tuple(
            _held(turned(part), one, given.lengths)
            for part, one in zip(result.every, kept, strict=True)
        )
    return Result(turned(result.output), result.last, every)


def _held(part: Tensor, kept: Tensor, lengths: Tensor | None) -> Tensor:
    """States after each step, those of rows that have ended or not begun as they stay."""
    if lengths is None:
        return part
    return torch.where(running(lengths, part.shape[0]).unsqueeze(-1), part, kept)


def _parameters(line: Line, given: Given) -> dict[str, Tensor]:
    shapes = line.shapes
    found = {}
    for name, pieces in line.parameters.items():
        rows = shapes[name][0]
        parts = [given.parameters[p.tensor][p.row : p.row + rows] for p in pieces]
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        found[name] = total
    return found


def _stream(given: Given, line: Line) -> Stream | None:
    if given.streams is None:
        return None
    stream = given.streams[int(line.backwards)]
    steps = mirror(stream.steps, given.lengths) if line.backwards else stream.steps
    return Stream(stream.seed, line.place, stream.rows, steps)


def _last(network: Network, results: list[Result]) -> tuple[Tensor, ...]:
    names = {name: place for place, name in enumerate(network.states)}
    return tuple(
        torch.stack(
            [r.last[names[slot.state]] for r in results[slot.first : slot.first + slot.count]]
        )
        for slot in network.slots
    )


def _every(network: Network, results: list[Result]) -> tuple[Tensor, ...] | None:
    if not network.every:
        return None
    names = {name: place for place, name in enumerate(network.states)}
    found = []
    for slot in network.slots:
        parts = [r.every for r in results[slot.first : slot.first + slot.count]]
        found.append(torch.stack([part[names[slot.state]] for part in parts if part is not None]))
    return tuple(found)
