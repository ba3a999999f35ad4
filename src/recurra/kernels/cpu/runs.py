"""Networks run on tensors: prepared once for a shape, then run again and again."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from functools import cached_property
from itertools import accumulate
from threading import Lock
from typing import Any

import torch
from torch import Tensor

from recurra.kernels.cpu.backward import Wanted, backward
from recurra.kernels.cpu.forward import forward
from recurra.kernels.cpu.frame import KEPT, SCRATCH, ZEROS, Frame, Shape
from recurra.kernels.cpu.marks import marks
from recurra.kernels.cpu.numbers import as_numbers
from recurra.kernels.cpu.pool import lent, memory
from recurra.kernels.cpu.tables import Prepared
from recurra.kernels.network import Given, Network

_MOST = 32
"""The shapes of a network that stay prepared."""

CPU = torch.device("cpu")
"""Said of every tensor, since users may have named another device for those of which nothing is."""

_lock = Lock()


def run_of(network: Network, given: Given, *, training: bool) -> Run:
    """What is prepared for a network on such a batch."""
    x = given.x
    key = (
        x.shape,
        x.stride(),
        x.dtype,
        torch.get_num_threads(),
        given.lengths is None,
        given.resets is None,
        bool(given.states),
        training,
    )
    found: Run | None = network.prepared.get(key)
    return _prepared(network, given, key, training=training) if found is None else found


def _prepared(network: Network, given: Given, key: Hashable, *, training: bool) -> Run:
    steps, rows, _ = given.x.shape
    by_step, by_row, _ = given.x.stride()
    shape = Shape(
        steps,
        rows,
        by_step,
        by_row,
        str(given.x.dtype).removeprefix("torch."),
        torch.get_num_threads(),
        given.lengths is not None,
        given.resets is not None,
        bool(given.states),
        training,
    )
    with _lock:
        if key not in network.prepared:
            network.prepared[key] = Run(network, shape)
            while len(network.prepared) > _MOST:
                network.prepared.popitem(last=False)
        found: Run = network.prepared[key]
        return found


class Run:
    """A network and all that is prepared for batches of one shape.

    Args:
        network: The network.
        shape: The shape.
    """

    def __init__(self, network: Network, shape: Shape) -> None:
        self.network, self.shape = network, shape
        self.dtype = torch.float32 if shape.number == "float32" else torch.float64
        self.frame = frame = Frame(network, shape)
        self.zeros = torch.zeros(frame.widest, dtype=self.dtype, device=CPU)
        self.constants = self._constants()
        self.forwards = forward(frame)
        self.scratch = frame.scratch.bytes
        self.backwards: dict[Hashable, tuple[Wanted, Prepared, int]] = {}
        width = sum(line.output_width for line in network.layers[-1])
        self.output = (shape.steps, shape.rows, width)
        lead = (shape.steps, shape.rows) if network.every else (shape.rows,)
        self.states = [(slot.count, *lead, slot.width) for slot in network.slots]
        self.result = "every" if network.every else "last"
        self.lying = _lying(network.shapes)
        self.is_marked = shape.lengths or shape.reset or network.truncate is not None

    def _constants(self) -> dict[Hashable, Tensor]:
        """The constants that differ from unit to unit."""
        found: dict[Hashable, Tensor] = {}
        for line in self.network.lines:
            machine = self.frame.machine(line)
            plans = [machine.training, machine.backward]
            for compiled in plans if self.shape.training else [machine.inference]:
                for one in compiled.table.constants:
                    values = one.dealt(line.width(one.over))
                    found["constant", line, one] = torch.tensor(
                        values, dtype=self.dtype, device=CPU
                    )
        return found

    @cached_property
    def fixed(self) -> list[int]:
        """The addresses that are always the same; 0 for all others."""
        bases = self.frame.bases
        addresses = [0] * len(bases)
        addresses[bases[ZEROS]] = self.zeros.data_ptr()
        for name, tensor in self.constants.items():
            addresses[bases[name]] = tensor.data_ptr()
        return addresses

    def addresses(self, given: Given) -> tuple[list[int], Any]:
        """Where what a network is run on lies, and what must live as long as the run."""
        bases = self.frame.bases
        found = self.fixed + [0] * (len(bases) - len(self.fixed))
        found[bases["x"]] = given.x.data_ptr()
        self.put(found, "parameter", given.parameters)
        self.put(found, "other", given.others)
        self.put(found, "state", given.states)
        if not (self.is_marked or given.streams):
            return found, None
        keep = marks(given, self.network.truncate) if self.is_marked else {}
        here: dict[Hashable, int] = {name: one.data_ptr() for name, one in keep.items()}
        for direction, stream in enumerate(given.streams or ()):
            here["seed low"], here["seed high"] = stream.seed & 0xFFFFFFFF, stream.seed >> 32
            here["row numbers"] = stream.rows.data_ptr()
            here["step numbers", direction] = stream.steps.data_ptr()
        for name, address in here.items():
            # What is known of a direction in which nothing reads has no place.
            if name in bases:
                found[bases[name]] = address
        return found, keep

    def put(self, addresses: list[int], kind: str, tensors: Sequence[Tensor]) -> None:
        """Notes where tensors lie that stand in one row."""
        if tensors:
            first = self.frame.bases[kind, 0]
            addresses[first : first + len(tensors)] = [tensor.data_ptr() for tensor in tensors]


def _lying(shapes: Sequence[tuple[int, ...]]) -> list[tuple[tuple[int, ...], tuple[int, ...], int]]:
    """Shape, strides and first number of tensors that lie one behind the other."""
    starts = accumulate((math.prod(shape) for shape in shapes), initial=0)
    return [
        (shape, tuple(math.prod(shape[n + 1 :]) for n in range(len(shape))), start)
        for shape, start in zip(shapes, starts, strict=False)
    ]


Results = tuple[Tensor, tuple[Tensor, ...], Tensor]
"""The output, the states after the last or every step, and what the backward pass needs."""


def forwards(run: Run, given: Given) -> Results:
    """Runs a network."""
    dtype, bases = run.dtype, run.frame.bases
    output = torch.empty(run.output, dtype=dtype, device=CPU)
    states = tuple(torch.empty(shape, dtype=dtype, device=CPU) for shape in run.states)
    kept, scratch = memory(run.frame.kept.bytes), lent(run.scratch)
    addresses, keep = run.addresses(given)
    addresses[bases["output"]] = output.data_ptr()
    addresses[bases[KEPT]] = kept.data_ptr()
    addresses[bases[SCRATCH]] = scratch.data_ptr()
    run.put(addresses, run.result, states)
    run.forwards.run(addresses)
    del keep
    return output, states, kept


class Gradients:
    """The gradients of what a network was run on.

    Args:
        run: What is prepared.
        given: What it was run on.
        asked: Which are asked for.
    """

    def __init__(self, run: Run, given: Given, asked: Wanted) -> None:
        self.lying = run.lying
        kind = torch.contiguous_format
        self.x = torch.empty_like(given.x, memory_format=kind) if asked.x else None
        self.others = [
            torch.empty_like(one) if n in asked.inputs else None
            for n, one in enumerate(given.others)
        ]
        self.states = [torch.empty_like(one) if asked.states else None for one in given.states]
        self.flat: Tensor | None = None
        if asked.parameters:
            make = torch.empty if run.frame.gradients_are_whole else torch.zeros
            self.flat = make(run.frame.parameters, dtype=run.dtype, device=CPU)

    def put(self, run: Run, addresses: list[int]) -> None:
        """Notes where they lie."""
        bases = run.frame.bases
        if self.x is not None:
            addresses[bases["gradient x"]] = self.x.data_ptr()
        for kind, tensors in (("other", self.others), ("state", self.states)):
            for number, tensor in enumerate(tensors):
                if tensor is not None:
                    addresses[bases[f"gradient {kind}", number]] = tensor.data_ptr()
        if self.flat is not None:
            addresses[bases["gradients"]] = self.flat.data_ptr()

    @property
    def parameters(self) -> Sequence[Tensor | None]:
        """Those of the parameters, in order."""
        if self.flat is None:
            return [None] * len(self.lying)
        return [torch.as_strided(self.flat, *lying) for lying in self.lying]


def backwards(
    run: Run,
    given: Given,
    results: Results,
    arriving: tuple[Tensor | None, ...],
    wanted: tuple[bool, tuple[int, ...], bool, bool],
) -> Gradients:
    """The gradients of what a network was run on.

    Args:
        run: What is prepared.
        given: What it was run on.
        results: What :func:`forwards` gave.
        arriving: The gradients of output and states; None for zero.
        wanted: Whether those of x are asked for, of which of the others, whether of the states and
            of the parameters.
    """
    there = tuple([None if one is None else as_numbers(one) for one in arriving])
    reached = tuple([one is not None for one in there])
    key = (wanted, reached)
    found = run.backwards.get(key)
    if found is None:
        x, inputs, states, parameters = wanted
        asked = Wanted(reached, frozenset(inputs), x, states, parameters)
        with _lock:
            found = run.backwards[key] = (asked, *backward(run.frame, asked))
    asked, prepared, size = found
    gradients = Gradients(run, given, asked)
    scratch = lent(size)
    addresses, keep = run.addresses(given)
    bases = run.frame.bases
    addresses[bases["output"]] = results[0].data_ptr()
    addresses[bases[KEPT]] = results[2].data_ptr()
    addresses[bases[SCRATCH]] = scratch.data_ptr()
    run.put(addresses, run.result, results[1])
    if there[0] is not None:
        addresses[bases["gradient output"]] = there[0].data_ptr()
    for number, one in enumerate(there[1:]):
        if one is not None:
            addresses[bases[f"gradient {run.result}", number]] = one.data_ptr()
    gradients.put(run, addresses)
    prepared.run(addresses)
    del keep
    return gradients
