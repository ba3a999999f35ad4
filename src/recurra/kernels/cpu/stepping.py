"""A network that is run step by step, as a stream comes in.

All is prepared once: weights are laid, and the jobs of a step lie in two scripts. States have two
places; one script reads the first and writes the second, the other the reverse, so that none is
copied.
"""

from __future__ import annotations

import ctypes
from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from recurra.kernels.cpu import dense, script, threads, turn
from recurra.kernels.cpu.forward import begun, copy
from recurra.kernels.cpu.frame import SCRATCH, ZEROS, Frame, Shape
from recurra.kernels.cpu.machine import Compiled
from recurra.kernels.cpu.memory import Place
from recurra.kernels.cpu.panel import WIDEST
from recurra.kernels.cpu.row import row_name
from recurra.kernels.cpu.runs import CPU
from recurra.kernels.cpu.sweeping import EVERY_STEP
from recurra.kernels.cpu.tables import Prepared, Tables
from recurra.kernels.network import Line, Network

_QUICK = 1e6
"""The multiplications and additions of a step so short that other threads of Python wait for it:
to let them run meanwhile would cost more than it takes."""


_WAKING = 10
"""How many times the work of a layer's call must a step be before threads share it: between steps
they fall asleep, and to wake them takes as long as many a step."""


class _Frame(Frame):
    """Places for a single step: states are read where one tensor lies and written to another."""

    @cached_property
    def threads(self) -> int:
        """How many threads a step is worth."""
        return threads.count(self.work / _WAKING) if self.shape.threads > 1 else 1

    def _place_outputs(self) -> None:
        shape, first = self.shape, self.network.states[0]
        seen = Place(self.base("x"), 0, shape.by_step, shape.by_row)
        for line in self.network.lines:
            self.seen[line] = seen
            if self.shares(line):
                seen = self.slot("last", line, first)
            else:
                seen = self.scratch.take(1, shape.rows, line.output_width)
            self.outputs[line] = seen

    def _histories(self, line: Line) -> dict[str, tuple[Place, int]]:
        return {name: (self.slot("last", line, name), EVERY_STEP) for name in line.schedule.states}

    def header(self, line: Line, compiled: Compiled, *, forwards: bool) -> dict[Any, Any]:
        """The arguments that do not depend on which arrays there are."""
        found = super().header(line, compiled, forwards=forwards)
        if self.shape.rows == 1:
            for vectors in range(1, WIDEST + 1):
                found["panel", vectors] = self.library.addresses[row_name(vectors)]
        return found


class Stepping:
    """A network run step by step, on memory of its own.

    ``go(control, address)`` takes a step: the input at the address is read, :attr:`output` and the
    states are written.

    Args:
        network: The layers, each in the order of time alone.
        rows: B.
        dtype: torch.float32 or torch.float64.
        others: Further inputs, (1, B, width) each, as lines number them; they are read at every
            step.
        counts: The number of the next step, (B,), which is counted on; None if nobody asks for it.
        numbers: Where it is written as numbers of the type, (B,), before each step.
        head: The outputs of the dense layer on top; 0 for none.

    Attributes:
        x: The input of the last step, (B, I).
        output: What came of it, (B, width).
        states: What :attr:`Network.slots` say, before and after a step by turns.
    """

    def __init__(
        self,
        network: Network,
        rows: int,
        dtype: torch.dtype,
        *,
        others: Sequence[Tensor] = (),
        counts: Tensor | None = None,
        numbers: Tensor | None = None,
        head: int = 0,
    ) -> None:
        wide = network.lines[0].sizes["I"]
        self.x = torch.zeros(rows, wide, dtype=dtype, device=CPU)
        self.output = torch.zeros(
            rows, head or network.lines[-1].output_width, dtype=dtype, device=CPU
        )
        self.states = tuple(
            tuple(
                torch.zeros(s.count, rows, s.width, dtype=dtype, device=CPU) for s in network.slots
            )
            for _ in range(2)
        )
        name = str(dtype).removeprefix("torch.")
        many = torch.get_num_threads()
        shape = Shape(1, rows, rows * wide, wide, name, many, False, False, True, False)
        self.frame = _Frame(network, shape)
        laying = Tables(self.frame.library)
        laying.phase()
        self._step = self._script(laying, counts is not None, head)
        self._laying = laying.finished(1)
        self._tables = [np.zeros(len(self._step.homes), np.int64) for _ in range(2)]
        self._known = self._addresses(others, counts, numbers)
        self._control = self._made_control()
        self.control = self._control.ctypes.data
        self.go = self._function()

    def _script(self, laying: Tables, counts: bool, head: int) -> Prepared:
        """The jobs of a step; adds those that lay matrices."""
        frame, tables = self.frame, Tables(self.frame.library)
        if counts:
            tables.phase()
            places = {name: Place(frame.base(name)) for name in ("counts", "numbers")}
            values: dict[Any, int | Place] = {**places, "rows": frame.shape.rows}
            tables.job(turn.COUNT, turn.COUNT_TABLE, values)
        for line in frame.network.lines:
            sweeping = begun(frame, line, laying)
            tables.phase()
            sweeping.add(tables)
        tables.phase()
        self._finish(tables, head)
        return tables.finished(frame.threads)

    def _finish(self, tables: Tables, head: int) -> None:
        """Brings the last layer's output to its user, or through the dense layer."""
        frame, top = self.frame, self.frame.network.lines[-1]
        source, target, depth = frame.outputs[top], Place(frame.base("output")), top.output_width
        if not head:
            copy(frame, tables, source, Place(target.base, 0, 0, depth), width=depth)
            return
        values: dict[Any, int | Place] = {
            "x": source,
            "x by row": source.by_row,
            "rows": frame.shape.rows,
            "depth": depth,
            "weight": Place(frame.base("weight")),
            "bias": Place(frame.base("bias")),
            "outputs": head,
            "target": target,
        }
        tables.job(dense.DENSE, dense.DENSE_TABLE, values)

    def _addresses(
        self, others: Sequence[Tensor], counts: Tensor | None, numbers: Tensor | None
    ) -> dict[Hashable, Tensor]:
        """The memory that stays where it is."""
        frame, dtype = self.frame, self.x.dtype
        found: dict[Hashable, Tensor] = {"x": self.x, "output": self.output}
        found |= {("other", place): tensor for place, tensor in enumerate(others)}
        found[ZEROS] = torch.zeros(frame.widest, dtype=dtype, device=CPU)
        found[SCRATCH] = torch.zeros(frame.scratch.bytes, dtype=torch.uint8, device=CPU)
        if counts is not None and numbers is not None:
            found |= {"counts": counts, "numbers": numbers}
        for line in frame.network.lines:
            for one in frame.machine(line).inference.table.constants:
                values = one.dealt(line.width(one.over))
                found["constant", line, one] = torch.tensor(values, dtype=dtype, device=CPU)
        return found

    def _made_control(self) -> Any:
        frame = self.frame
        scripts = [table.ctypes.data + self._step.script for table in self._tables]
        count, several = self.x.numel(), self._step.threads
        values = (0, *scripts, self.x.data_ptr(), count, several, threads.parallel())
        return np.array([*values, frame.library.addresses[script.TEAM]], np.int64)

    def _function(self) -> Any:
        frame = self.frame
        quick = self._step.threads == 1 and frame.work < _QUICK
        make = ctypes.PYFUNCTYPE if quick else ctypes.CFUNCTYPE
        return make(None, *turn.ARGUMENTS)(frame.library.addresses[turn.TURN])

    def lay(self, parameters: Sequence[Tensor], head: Sequence[Tensor] = ()) -> None:
        """Takes parameters as they are now; vectors are read where they lie until the next time.

        Args:
            parameters: All tensors that lines take their parameters from, contiguous.
            head: Weight (outputs, width) and bias (outputs,) of the dense layer, if there is one.
        """
        known = self._known | {("parameter", n): one for n, one in enumerate(parameters)}
        known |= dict(zip(("weight", "bias"), head, strict=False))
        self._known = known
        self._laying.run(self._filled(known))
        for number, table in enumerate(self._tables):
            states = {("state", n): one for n, one in enumerate(self.states[number])}
            states |= {("last", n): one for n, one in enumerate(self.states[1 - number])}
            self._step.fill(self._filled(known | states), table)

    def _filled(self, known: dict[Hashable, Tensor]) -> list[int]:
        addresses = [0] * len(self.frame.bases)
        for name, tensor in known.items():
            if name in self.frame.bases:
                addresses[self.frame.bases[name]] = tensor.data_ptr()
        return addresses

    @property
    def now(self) -> tuple[Tensor, ...]:
        """The states before the next step, (lines, B, width); what is written there is read."""
        return self.states[int(self._control[0])]
