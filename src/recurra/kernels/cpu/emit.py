"""Writes a pass over time as code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from recurra.kernels.cpu import threads
from recurra.kernels.cpu.builder import INDEX, POINTER, Builder
from recurra.kernels.cpu.functions import FUNCTIONS
from recurra.kernels.cpu.joined import Joined
from recurra.kernels.cpu.panel import SHAPE
from recurra.kernels.cpu.plan import Array, Group, Plan, Sweep
from recurra.kernels.cpu.target import Kind
from recurra.kernels.cpu.threads import Callee, on_threads
from recurra.language.expression import (
    Constant,
    Expression,
    Pointwise,
    Size,
    Spread,
    Vector,
)
from recurra.language.widths import ONE, Width

HEADER = (*threads.HEADER, "steps", "rows")
"""What the table of arguments begins with."""


class Table:
    """Where each argument of a pass lies in the table that its code is given.

    Args:
        plan: The pass.
        vectors: The vectors that it uses, in order.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.widths = _widths(plan)
        self.vectors = _vectors(plan)
        places: dict[Any, int] = {}
        for name in HEADER:
            places[name] = len(places)
        for width in self.widths:
            places["width", width] = len(places)
        for vector in self.vectors:
            places["vector", vector.parameter] = len(places)
        for array in plan.arrays:
            for part in ("address", "by step", "by row", "by thread"):
                places[part, array] = len(places)
        for number, (_, group) in enumerate(plan.groups):
            for operand in range(len(group.operands)):
                places["matrix", number, operand] = len(places)
            places["products", number] = len(places)
        for vectors in range(1, 5):
            places["panel", vectors] = len(places)
        self.places = places

    def __len__(self) -> int:
        return len(self.places)


def _widths(plan: Plan) -> tuple[Width, ...]:
    found = dict.fromkeys(sweep.width for sweep in plan.sweeps)
    for sweep in plan.sweeps:
        for node in sweep.nodes:
            if isinstance(node, Size):
                found[node.of] = None
    for _, group in plan.groups:
        found |= dict.fromkeys(array.width for array in group.operands)
    return tuple(width for width in found if width != ONE)


def _vectors(plan: Plan) -> tuple[Vector, ...]:
    found: dict[str, Vector] = {}
    for sweep in plan.sweeps:
        found |= {n.parameter: n for n in sweep.nodes if isinstance(n, Vector)}
    return tuple(found.values())


def emit(module: ir.Module, name: str, plan: Plan, kind: Kind, *, forwards: bool) -> None:
    """Writes the function of a pass: ``name(table, thread)``.

    Args:
        module: Where to.
        name: What the function is called.
        plan: The pass.
        kind: The type of number.
        forwards: Whether from the first step to the last.
    """
    shape = ir.FunctionType(ir.VoidType(), [POINTER, INDEX])
    function = ir.Function(module, shape, name)
    _Emitter(Builder(module, function, kind), plan, forwards).write()
    on_threads(module, function, kind)


class _Emitter:
    def __init__(self, b: Builder, plan: Plan, forwards: bool) -> None:
        self.b = b
        self.plan = plan
        self.forwards = forwards
        self.table = Table(plan)
        self.numbers = {group: n for n, (_, group) in enumerate(plan.groups)}
        self.arguments, self.thread = b.function.args

    def write(self) -> None:
        b = self.b
        parts, self.steps, rows = (self._argument(n) for n in ("threads", "steps", "rows"))
        self.top = b.ir.sdiv(b.ir.mul(rows, self.thread), parts)
        self.bottom = b.ir.sdiv(b.ir.mul(rows, b.ir.add(self.thread, b.index(1))), parts)
        self.zero = b.index(0)
        b.loop(self.zero, self.steps, self._step)
        b.ir.ret_void()

    def _argument(self, *key: Any) -> Any:
        """A number of the table."""
        place = self.table.places[key if len(key) > 1 else key[0]]
        address = self.b.ir.gep(self.arguments, [self.b.index(place)], source_etype=INDEX)
        return self.b.ir.load(address, typ=INDEX)

    def _address(self, *key: Any) -> Any:
        return self.b.ir.inttoptr(self._argument(*key), POINTER)

    def _width(self, width: Width) -> Any:
        return self.b.index(1) if width == ONE else self._argument("width", width)

    def _step(self, number: Any, _: Any) -> None:
        b = self.b
        last = b.ir.sub(self.steps, b.index(1))
        self.t = number if self.forwards else b.ir.sub(last, number)
        for sweep in self.plan.sweeps:
            for _, array in sweep.totals:
                self._clear(array)
            self._sweep(sweep)

    # Addresses of arrays at this step

    def _start(self, array: Array) -> Any:
        """The address of an array's numbers of this step."""
        b = self.b
        step = self.t
        if array.turn is not None:
            step = b.ir.and_(b.ir.add(self.t, b.index(array.turn)), b.index(1))
        offset = b.sum(
            b.ir.mul(step, self._argument("by step", array)),
            b.ir.mul(self.thread, self._argument("by thread", array)),
        )
        return b.address(self._address("address", array), offset)

    def _clear(self, array: Array) -> None:
        b = self.b
        start, by_row = self._start(array), self._argument("by row", array)

        def row(r: Any, _: Any) -> None:
            zero = ir.Constant(b.kind.scalar, 0.0)
            b.ir.store(zero, b.address(start, b.ir.mul(r, by_row)), align=b.kind.size)

        b.loop(self.top, self.bottom, row)

    # A sweep

    def _sweep(self, sweep: Sweep) -> None:
        b = self.b
        lanes = b.index(b.kind.lanes)
        width = self._width(sweep.width)
        blocks = b.ir.sdiv(b.ir.add(width, b.index(b.kind.lanes - 1)), lanes)
        arrays = {array: self._start(array) for array in self._used(sweep)}
        rows = {array: self._argument("by row", array) for array in arrays}

        def over_blocks(first: Any, _: Any) -> None:
            products = {group: self._multiply(sweep, group, first) for group in sweep.groups}
            beyond = b.ir.add(first, b.index(sweep.blocks))
            last = b.select(b.ir.icmp_signed("<", beyond, blocks), beyond, blocks)
            b.loop(first, last, lambda block, _: over_units(block, first, products))

        def over_units(block: Any, first: Any, products: dict[Group, Any]) -> None:
            unit = b.ir.mul(block, lanes)
            _Block(self, sweep, unit, b.ir.sub(width, unit), b.ir.sub(block, first)).write(
                arrays, rows, products
            )

        b.loop(self.zero, blocks, over_blocks, step=sweep.blocks)

    def _used(self, sweep: Sweep) -> list[Array]:
        found: dict[Array, None] = {}
        for node in sweep.nodes:
            if node in sweep.read:
                found[self.plan.sources.get(node) or self.plan.places[node]] = None
        for _, array in (*sweep.stores, *sweep.totals, *sweep.sums):
            found[array] = None
        return list(found)

    def _multiply(self, sweep: Sweep, group: Group, first: Any) -> Any:
        """Computes the products of a group for a few blocks of units; gives where they lie."""
        b = self.b
        number = self.numbers[group]
        vectors = len(group.columns) * sweep.blocks
        row = vectors * b.kind.lanes
        before = b.ir.mul(self.top, b.index(row))
        results = b.address(self._address("products", number), before)
        panel = self._address("panel", vectors)
        count = b.ir.sub(self.bottom, self.top)
        for place, operand in enumerate(group.operands):
            depth = self._width(operand.width)
            by_row = self._argument("by row", operand)
            left = b.address(self._start(operand), b.ir.mul(self.top, by_row))
            # All matrices of earlier blocks lie before.
            before = b.ir.mul(b.ir.mul(first, depth), b.index(len(group.columns) * b.kind.lanes))
            right = b.address(self._address("matrix", number, place), before)
            arguments = [left, by_row, b.index(1), count, right, depth, results, b.index(row)]
            fresh = b.index(int(place == 0))
            b.ir.call(Callee(panel, SHAPE), [*arguments, fresh])
        return results


class _Block:
    """A block of units in all rows."""

    def __init__(self, emitter: _Emitter, sweep: Sweep, unit: Any, left: Any, place: Any) -> None:
        self.e = emitter
        self.b = emitter.b
        self.sweep = sweep
        self.unit = unit
        self.left = left
        self.place = place
        self.plan = emitter.plan

    def write(
        self, arrays: dict[Array, Any], rows: dict[Array, Any], products: dict[Group, Any]
    ) -> None:
        b, e = self.b, self.e
        self.mask = b.mask(self.left)
        self.arrays, self.rows = arrays, rows
        self.products = products
        self.fixed: dict[Expression, Any] = {
            node: self._fixed(node)
            for node in self.sweep.nodes
            if isinstance(node, Constant | Vector | Size)
        }
        places = [b.address(arrays[array], self._unit(array)) for _, array in self.sweep.sums]
        masks = [self._mask(array.width) for _, array in self.sweep.sums]
        start = [b.load(p, m) for p, m in zip(places, masks, strict=True)]
        sums = b.loop(e.top, e.bottom, self._row, start)
        for value, place, mask in zip(sums, places, masks, strict=True):
            b.store(value, place, mask)

    def _unit(self, array: Array) -> Any:
        return self.b.index(0) if array.width == ONE else self.unit

    def _mask(self, width: Width) -> Any:
        return self.b.mask(self.b.index(1)) if width == ONE else self.mask

    def _fixed(self, node: Expression) -> Any:
        """What is the same in all rows."""
        b = self.b
        match node:
            case Constant(value):
                return b.constant(value)
            case Size(of):
                number = b.ir.sitofp(self.e._width(of), b.kind.scalar)
                return b.splat(number)
            case Vector(parameter):
                address = self.e._address("vector", parameter)
                if node.width == ONE:
                    return b.load_scalar(address)
                return b.load(b.address(address, self.unit), self.mask)
        raise AssertionError(node)

    def _row(self, r: Any, sums: Sequence[Any]) -> list[Any]:
        b = self.b
        values = dict(self.fixed)
        for node in self.sweep.nodes:
            if node not in values:
                values[node] = self._value(node, r, values)
        for node, array in self.sweep.stores:
            b.store(values[node], self._at(array, r), self._mask(array.width))
        for node, array in self.sweep.totals:
            self._add_up(values[node], self._at(array, r))
        return [
            b.add(total, values[node])
            for total, (node, _) in zip(sums, self.sweep.sums, strict=True)
        ]

    def _at(self, array: Array, r: Any) -> Any:
        b = self.b
        offset = b.ir.add(b.ir.mul(r, self.rows[array]), self._unit(array))
        return b.address(self.arrays[array], offset)

    def _value(self, node: Expression, r: Any, values: dict[Expression, Any]) -> Any:
        if node in self.sweep.read:
            array = self.plan.sources.get(node) or self.plan.places[node]
            address = self._at(array, r)
            wide = array.width != ONE
            return self.b.load(address, self.mask) if wide else self.b.load_scalar(address)
        match node:
            case Joined():
                return self._product(node, r)
            case Spread(operand):
                return values[operand]
            case Pointwise(primitive, arguments):
                return FUNCTIONS[primitive](self.b, *(values[a] for a in arguments))
        raise AssertionError(node)

    def _product(self, node: Joined, r: Any) -> Any:
        b = self.b
        group = next(g for g in self.sweep.groups if node in g.columns)
        columns = len(group.columns)
        row = b.index(columns * self.sweep.blocks * b.kind.lanes)
        top = b.ir.mul(b.ir.sub(r, self.e.top), row)
        vector = b.ir.add(
            b.ir.mul(self.place, b.index(columns)), b.index(group.columns.index(node))
        )
        offset = b.ir.add(top, b.ir.mul(vector, b.index(b.kind.lanes)))
        return b.load(b.address(self.products[group], offset))

    def _add_up(self, value: Any, address: Any) -> None:
        b = self.b
        inside = b.select(self.mask, value, b.constant(0))
        old = b.ir.load(address, align=b.kind.size, typ=b.kind.scalar)
        b.ir.store(b.ir.fadd(old, b.reduce(inside)), address, align=b.kind.size)
