"""The compiled passes of a cell, and their runs on tensors."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from functools import cached_property

from llvmlite import ir
from torch import Tensor

from recurra.kernels.cpu import threads
from recurra.kernels.cpu.cache import kept
from recurra.kernels.cpu.emit import Table, emit
from recurra.kernels.cpu.packing import packed
from recurra.kernels.cpu.panel import panels
from recurra.kernels.cpu.passes import Passes
from recurra.kernels.cpu.places import Place, of_step
from recurra.kernels.cpu.plan import Array, Group, Plan, Sweep
from recurra.kernels.cpu.target import kind
from recurra.language.widths import resolve


class Compiled:
    """A pass as code.

    Args:
        name: What distinguishes it from all others.
        plan: The pass.
        number: The type of number.
        forwards: Whether from the first step to the last.
    """

    def __init__(self, name: str, plan: Plan, number: str, *, forwards: bool) -> None:
        self.plan = plan
        self.kind = kind(number)
        self.table = Table(plan)
        self.code = kept(name, lambda: self._text(forwards))
        self.function = self.code.function("sweep", [ctypes.c_void_p, ctypes.c_int64])
        self.team = self.code.address("sweep_team")
        made = panels(number)
        self.panels = [made.address(f"panel_{vectors}") for vectors in range(1, 5)]

    def _text(self, forwards: bool) -> str:
        module = ir.Module("sweep")
        emit(module, "sweep", self.plan, self.kind, forwards=forwards)
        return str(module)

    def run(
        self,
        shape: tuple[int, int],
        sizes: Mapping[str, int],
        places: Mapping[Array, Place],
        vectors: Mapping[str, Tensor],
        matrices: Mapping[str, Tensor],
    ) -> None:
        """Runs the pass.

        Args:
            shape: T and B.
            sizes: What the widths ``"H"`` and ``"I"`` are.
            places: Where each array lies.
            vectors: By name.
            matrices: By name.
        """
        steps, rows = shape
        table = (ctypes.c_int64 * len(self.table))()
        where = self.table.places
        keep: list[Tensor] = []
        number = threads.count(rows, steps * rows * self._work(sizes))
        for name, address in zip(threads.HEADER, threads.header(number), strict=True):
            table[where[name]] = address
        table[where["steps"]], table[where["rows"]] = steps, rows
        for width in self.table.widths:
            table[where["width", width]] = resolve(width, sizes)
        for vector in self.table.vectors:
            value = vectors[vector.parameter].contiguous()
            keep.append(value)
            table[where["vector", vector.parameter]] = value.data_ptr()
        like = next(iter(places.values())).tensor
        for array in self.plan.arrays:
            place = places.get(array)
            if place is None:
                width = resolve(array.width, sizes)
                place = of_step(like.new_empty(rows, width))
                keep.append(place.tensor)
            table[where["address", array]] = place.address
            table[where["by step", array]] = place.by_step
            table[where["by row", array]] = place.by_row
            table[where["by thread", array]] = place.by_thread
        for order, (sweep, group) in enumerate(self.plan.groups):
            for operand in range(len(group.operands)):
                laid = self._packed(sweep, group, operand, matrices)
                keep.append(laid)
                table[where["matrix", order, operand]] = laid.data_ptr()
            lanes = len(group.columns) * sweep.blocks * self.kind.lanes
            products = like.new_empty(rows * lanes)
            keep.append(products)
            table[where["products", order]] = products.data_ptr()
        for vectors_, address in enumerate(self.panels, 1):
            table[where["panel", vectors_]] = address
        threads.run(self.function, self.team, ctypes.addressof(table), number)

    def _work(self, sizes: Mapping[str, int]) -> float:
        """The multiplications and additions of a row and step, roughly."""
        total = 0.0
        for sweep in self.plan.sweeps:
            width = resolve(sweep.width, sizes)
            deep = sum(
                len(g.columns) * resolve(o.width, sizes) for g in sweep.groups for o in g.operands
            )
            total += width * (2 * deep + 20 * len(sweep.nodes))
        return total

    def _packed(
        self, sweep: Sweep, group: Group, operand: int, matrices: Mapping[str, Tensor]
    ) -> Tensor:
        """The matrices by which a group multiplies an operand."""
        found = [
            matrices[name].t() if transposed else matrices[name]
            for name, transposed in group.matrices[operand]
        ]
        return packed(found, sweep.blocks)


class Machine:
    """All passes of a cell as code, for one type of number; each is compiled when first run.

    Args:
        name: What distinguishes the cell's code from all other code.
        passes: The passes.
        number: The type of number.
    """

    def __init__(self, name: str, passes: Passes, number: str) -> None:
        self.name = name
        self.passes = passes
        self.number = number
        self.matrices = _matrices(passes)

    @cached_property
    def inference(self) -> Compiled:
        """Forwards, keeping states alone."""
        return self._compiled("inference", self.passes.inference)

    @cached_property
    def training(self) -> Compiled:
        """Forwards, keeping what the backward pass needs."""
        return self._compiled("training", self.passes.training)

    @cached_property
    def backward(self) -> Compiled:
        """Backwards."""
        return self._compiled("backward", self.passes.backward.plan)

    def _compiled(self, kind: str, plan: Plan) -> Compiled:
        name = f"{self.name} {kind}"
        return Compiled(name, plan, self.number, forwards=kind != "backward")


def _matrices(passes: Passes) -> tuple[str, ...]:
    """The names of the matrices that the loop multiplies by."""
    found = {n: None for _, g in passes.training.groups for names in g.matrices for n, _ in names}
    return tuple(found)
