"""Writes a pass over time as code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from llvmlite import ir

from recurra.kernels.cpu import chance
from recurra.kernels.cpu.arrays import Array
from recurra.kernels.cpu.block import Block
from recurra.kernels.cpu.builder import INDEX
from recurra.kernels.cpu.jobs import Callee, Job
from recurra.kernels.cpu.panel import BLOCK_BYTES, Parts
from recurra.kernels.cpu.panel import SHAPE as PANEL
from recurra.kernels.cpu.plan import Group, Operand, Plan, Sweep
from recurra.kernels.cpu.table import Table
from recurra.kernels.cpu.target import Kind
from recurra.kernels.philox import ALL_STEPS
from recurra.language.widths import ONE, Width

BARRIER = ir.FunctionType(ir.VoidType(), [])


def emit(module: ir.Module, name: str, plan: Plan, kind: Kind) -> None:
    """Writes the job of a pass. Its parts are rows, or units where its table says so."""
    table = Table(plan)
    _Emitter(Job(module, name, kind, table.places), plan).write()


@dataclass(frozen=True)
class Place:
    """Where an array's numbers of a step lie."""

    start: Any
    by_row: Any


class _Emitter:
    def __init__(self, job: Job, plan: Plan) -> None:
        self.job = job
        self.b = job.b
        self.plan = plan
        self.numbers = {group: n for n, (_, group) in enumerate(plan.groups)}

    def write(self) -> None:
        b, job = self.b, self.job
        self.zero = b.index(0)
        self.steps, rows = job.number("steps"), job.number("rows")
        self.direction = job.number("direction")
        self.units = b.ir.icmp_signed("!=", job.number("divides units"), self.zero)
        first, last = job.share(rows)
        self.top = b.select(self.units, self.zero, first)
        self.bottom = b.select(self.units, rows, last)
        self.count = b.ir.sub(self.bottom, self.top)
        for array, leaf in self.plan.draws.items():
            if leaf.per == "sequence":
                self._draw(array, b.index(ALL_STEPS))
        b.loop(self.zero, self.steps, self._step)
        b.ir.ret_void()

    def width(self, width: Width) -> Any:
        """The numbers in a row."""
        return self.b.index(1) if width == ONE else self.job.number("width", width)

    def _step(self, number: Any, _: Any) -> None:
        b, job = self.b, self.job
        self.n = number
        self.t = b.ir.add(job.number("first step"), b.ir.mul(number, self.direction))
        for array, leaf in self.plan.draws.items():
            if leaf.per == "step":
                self._draw(array, None)
        for sweep in self.plan.sweeps:
            for _, array in sweep.totals:
                self._clear(array)
            self._sweep(sweep)
            self._meet()

    def _meet(self) -> None:
        """Waits for the threads that compute the other units."""
        with self.b.ir.if_then(self.units):
            self.b.ir.call(Callee(self.job.address("barrier"), BARRIER), [])

    def _draw(self, array: Array, step: Any) -> None:
        """Draws the numbers of this part's rows."""
        b, job = self.b, self.job
        place = self.start(array)
        callee = Callee(job.address("draw"), chance.SHAPE)
        rows, numbers = job.address("row numbers"), job.address("step numbers")
        by_step, by_row = job.number("step numbers by step"), job.number("step numbers by row")
        width = self.width(array.width)
        words = [job.number("use", array), job.number("seed low"), job.number("seed high")]

        def row(r: Any, _: Any) -> None:
            own = step
            if own is None:
                offset = b.ir.add(b.ir.mul(self.t, by_step), b.ir.mul(r, by_row))
                own = b.ir.load(b.ir.gep(numbers, [offset], source_etype=INDEX), typ=INDEX)
            name = b.ir.load(b.ir.gep(rows, [r], source_etype=INDEX), typ=INDEX)
            target = b.address(place.start, b.ir.mul(r, place.by_row))
            b.ir.call(callee, [target, width, own, name, *words])

        b.loop(self.top, self.bottom, row)

    # Addresses of arrays

    def start(self, array: Array) -> Place:
        """Where an array's numbers of this step lie."""
        b, job = self.b, self.job
        step = self.t if hasattr(self, "t") else self.zero
        if array.shift:
            step = b.ir.add(step, b.ir.mul(b.index(array.shift), self.direction))
        if array.turns:
            step = b.ir.and_(step, job.number("turns", array))
        offset = b.sum(
            b.ir.mul(step, job.number("by step", array)),
            b.ir.mul(job.part, job.number("by part", array)),
        )
        start, by_row = (
            b.address(job.address("address", array), offset),
            job.number("by row", array),
        )
        if array.shift:
            last = b.ir.sub(self.steps, b.index(1))
            at_edge = b.ir.icmp_signed("==", self.n, self.zero if array.shift < 0 else last)
            start = b.select(at_edge, job.address("edge", array), start)
            by_row = b.select(at_edge, job.number("edge by row", array), by_row)
        return Place(start, by_row)

    def _clear(self, array: Array) -> None:
        b = self.b
        place = self.start(array)

        def row(r: Any, _: Any) -> None:
            zero = ir.Constant(b.kind.scalar, 0.0)
            address = b.address(place.start, b.ir.mul(r, place.by_row))
            b.ir.store(zero, address, align=b.kind.size)

        b.loop(self.top, self.bottom, row)

    # A sweep

    def _sweep(self, sweep: Sweep) -> None:
        b = self.b
        width = self.width(sweep.width)
        self.begin, self.end = self._blocks(sweep, width)
        for group in sweep.groups:
            if group.steady:
                self._multiply_ahead(sweep, group)
        places = {array: self.start(array) for array in self._used(sweep)}

        def over_blocks(first: Any, _: Any) -> None:
            products = {group: self._multiply(sweep, group, first) for group in sweep.groups}
            last = b.smaller(b.ir.add(first, b.index(sweep.blocks)), self.end)
            b.loop(first, last, lambda block, _: over_units(block, first, products))

        def over_units(block: Any, first: Any, products: dict[Group, Any]) -> None:
            unit = b.ir.mul(block, b.index(b.kind.lanes))
            left = b.ir.sub(width, unit)
            Block(self, sweep, places, unit, left).write(products, b.ir.sub(block, first))

        b.loop(self.begin, self.end, over_blocks, step=sweep.blocks)

    def _blocks(self, sweep: Sweep, width: Any) -> tuple[Any, Any]:
        """This part's blocks of units: all, unless units are divided."""
        b = self.b
        blocks = b.ir.sdiv(b.ir.add(width, b.index(b.kind.lanes - 1)), b.index(b.kind.lanes))
        at_once = b.index(sweep.blocks)
        sets = b.ir.sdiv(b.ir.sub(b.ir.add(blocks, at_once), b.index(1)), at_once)
        first, last = (b.ir.mul(end, at_once) for end in self.job.share(sets))
        return (
            b.select(self.units, first, self.zero),
            b.select(self.units, b.smaller(last, blocks), blocks),
        )

    def _used(self, sweep: Sweep) -> list[Array]:
        found: dict[Array, None] = {}
        for node in sweep.nodes:
            if node in sweep.read:
                found[self.plan.sources.get(node) or self.plan.places[node]] = None
        for _, array in (*sweep.stores, *sweep.totals, *sweep.sums):
            found[array] = None
        return list(found)

    # Products

    def _row(self, sweep: Sweep, group: Group) -> int:
        """The numbers of a row that are computed at once."""
        return len(group.columns) * sweep.blocks * self.b.kind.lanes

    def _multiply_ahead(self, sweep: Sweep, group: Group) -> None:
        """At the first step of a chunk, what is known for all its steps is multiplied."""
        b = self.b
        chunk = self.job.number("chunk")
        left = b.ir.sub(self.steps, self.n)
        is_first = b.ir.icmp_signed("==", b.ir.srem(self.n, chunk), self.zero)
        with b.ir.if_then(is_first):
            steps = b.smaller(chunk, left)

            def over_blocks(first: Any, _: Any) -> None:
                fresh = 1
                for operand in group.operands:
                    if operand.steady:
                        product = _Product(sweep, group, operand, first)
                        self._multiply_steps(product, steps, fresh)
                        fresh = 0

            b.loop(self.begin, self.end, over_blocks, step=sweep.blocks)

    def _multiply_steps(self, product: _Product, steps: Any, fresh: int) -> None:
        """Several steps at once if their rows lie regularly, else one after another."""
        b = self.b
        array = product.operand.arrays[0]
        place = self.start(array)
        by_step = b.ir.mul(self.job.number("by step", array), self.direction)
        left = b.address(place.start, b.ir.mul(self.top, place.by_row))
        depth = self.width(array.width)
        one = b.ir.icmp_signed("==", self.count, b.index(1))
        all_rows = b.ir.icmp_signed("==", by_step, b.ir.mul(self.count, place.by_row))
        with b.ir.if_else(b.ir.or_(one, all_rows)) as (then, otherwise):
            with then:
                by_row = b.select(one, by_step, place.by_row)
                rows = b.ir.mul(steps, self.count)
                target = self._ahead(product, self.zero)
                self._call(product, left, by_row, rows, target, b.index(fresh), depth)
            with otherwise:
                self._step_by_step(product, left, by_step, place.by_row, steps, fresh)

    def _step_by_step(
        self,
        product: _Product,
        left: Any,
        by_step: Any,
        by_row: Any,
        steps: Any,
        fresh: int,
    ) -> None:
        """A block of a matrix's rows stays in the first cache while all steps pass by."""
        b = self.b
        depth = self.width(product.operand.arrays[0].width)
        row = self._row(product.sweep, product.group)
        blocks = Parts(b, depth, b.index(max(32, BLOCK_BYTES // (row * b.kind.size))))

        def over_depth(number: Any, carried: Sequence[Any]) -> list[Any]:
            (first,) = carried
            deep = blocks.size(number)
            starts = b.ir.icmp_signed("==", number, self.zero)
            starts = b.select(starts, b.index(fresh), self.zero)

            def step(s: Any, _: Any) -> None:
                source = b.address(left, b.ir.add(b.ir.mul(s, by_step), first))
                target = self._ahead(product, s)
                self._call(product, source, by_row, self.count, target, starts, deep, first)

            b.loop(self.zero, steps, step)
            return [b.ir.add(first, deep)]

        b.loop(self.zero, blocks.count, over_depth, [self.zero])

    def _ahead(self, product: _Product, step: Any) -> Any:
        """Where the products of a step of a chunk lie: [blocks of units][step][row]."""
        b = self.b
        number, at_once = self.numbers[product.group], b.index(product.sweep.blocks)
        before = b.ir.mul(b.ir.sdiv(product.first, at_once), self.job.number("chunk"))
        row = b.index(self._row(product.sweep, product.group))
        offset = b.sum(
            b.ir.mul(self.top, self.job.number("ahead by row", number)),
            b.ir.mul(b.ir.mul(b.ir.add(before, step), self.count), row),
        )
        return b.address(self.job.address("products", number), offset)

    def _multiply(self, sweep: Sweep, group: Group, first: Any) -> Any:
        """Computes the products of a group for a few blocks of units; gives where they lie."""
        b = self.b
        if group.steady:
            step = b.ir.srem(self.n, self.job.number("chunk"))
            results = self._ahead(_Product(sweep, group, group.operands[0], first), step)
        else:
            # Room for all rows, one part's behind another's where parts are not rows.
            before = b.select(self.units, b.ir.mul(self.job.part, self.count), self.top)
            offset = b.ir.mul(before, b.index(self._row(sweep, group)))
            results = b.address(self.job.address("products", self.numbers[group]), offset)
        fresh = int(not group.steady)
        for operand in group.operands:
            if not operand.steady:
                product = _Product(sweep, group, operand, first)
                place = self.start(operand.arrays[0])
                left = b.address(place.start, b.ir.mul(self.top, place.by_row))
                depth = b.sum(*(self.width(array.width) for array in operand.arrays))
                starts = b.index(fresh)
                self._call(product, left, place.by_row, self.count, results, starts, depth)
                fresh = 0
        return results

    def _call(
        self,
        product: _Product,
        left: Any,
        by_row: Any,
        rows: Any,
        target: Any,
        fresh: Any,
        depth: Any,
        skipped: Any = None,
    ) -> None:
        """Calls the panel for a block of units, from a row of the matrix on."""
        b = self.b
        sweep, group, operand, first = product
        whole = b.sum(*(self.width(array.width) for array in operand.arrays))
        # All matrices of earlier blocks lie before.
        before = b.ir.mul(b.ir.mul(first, whole), b.index(len(group.columns) * b.kind.lanes))
        row = b.index(self._row(sweep, group))
        if skipped is not None:
            before = b.ir.add(before, b.ir.mul(skipped, row))
        matrix = self.job.address("matrix", self.numbers[group], group.operands.index(operand))
        vectors = self._row(sweep, group) // b.kind.lanes
        panel = Callee(self.job.address("panel", vectors), PANEL)
        right = b.address(matrix, before)
        b.ir.call(panel, [left, by_row, rows, right, depth, target, row, fresh])


class _Product(NamedTuple):
    """A product for a few blocks of units, from the block ``first`` on."""

    sweep: Sweep
    group: Group
    operand: Operand
    first: Any
