"""A block of units in all rows: everything that is computed unit by unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from recurra.kernels.cpu.arrays import Array
from recurra.kernels.cpu.functions import FUNCTIONS
from recurra.kernels.cpu.joined import Joined
from recurra.kernels.cpu.plan import Group, Sweep
from recurra.language.expression import (
    Constant,
    Expression,
    PerUnit,
    Pointwise,
    Size,
    Spread,
    Vector,
)
from recurra.language.widths import ONE, Width

if TYPE_CHECKING:
    from recurra.kernels.cpu.emit import Place, _Emitter


class Block:
    """As many units as a vector holds.

    Args:
        emitter: Writes the pass.
        sweep: The loop that the block belongs to.
        places: Where the arrays lie at this step.
        unit: The block's first unit.
        left: How many units there are from it on.
    """

    def __init__(
        self,
        emitter: _Emitter,
        sweep: Sweep,
        places: Mapping[Array, Place],
        unit: Any,
        left: Any,
    ) -> None:
        self.e = emitter
        self.b = emitter.b
        self.sweep = sweep
        self.places = places
        self.unit = unit
        self.left = left

    def write(self, products: Mapping[Group, Any], place: Any) -> None:
        """Writes the loop over rows.

        Args:
            products: Where the products of each group lie.
            place: Which of the blocks computed at once it is.
        """
        b, e = self.b, self.e
        self.products, self.place = products, place
        self.mask = b.mask(self.left)
        self.full = b.ir.icmp_signed(">=", self.left, b.index(b.kind.lanes))
        self.fixed: dict[Expression, Any] = {
            node: self._fixed(node)
            for node in self.sweep.nodes
            if isinstance(node, Constant | Vector | Size | PerUnit)
        }
        sums = [(self._address(array), array.width) for _, array in self.sweep.sums]
        # The rows of a step by themselves: sums of sums lose less to rounding than one long sum.
        totals = b.loop(e.top, e.bottom, self._row, [b.constant(0)] * len(sums))
        for value, (address, width) in zip(totals, sums, strict=True):
            mask = self._mask(width)
            b.store(b.add(b.load(address, mask), value), address, mask)

    def _address(self, array: Array, row: Any = None) -> Any:
        b, place = self.b, self.places[array]
        offset = b.index(0) if array.width == ONE else self.unit
        if row is not None:
            offset = b.ir.add(b.ir.mul(row, place.by_row), offset)
        return b.address(place.start, offset)

    def _mask(self, width: Width) -> Any:
        return self.b.mask(self.b.index(1)) if width == ONE else self.mask

    def _fixed(self, node: Expression) -> Any:
        """What is the same in all rows."""
        b, job = self.b, self.e.job
        match node:
            case Constant(value):
                return b.constant(value)
            case Size(of):
                return b.splat(b.ir.sitofp(self.e.width(of), b.kind.scalar))
            case Vector(parameter):
                address = job.address("vector", parameter)
            case _:
                address = job.address("constant", node)
        if node.width == ONE:
            return b.load_scalar(address)
        return b.load(b.address(address, self.unit), self.mask)

    def _row(self, row: Any, sums: Sequence[Any]) -> list[Any]:
        b = self.b
        values = dict(self.fixed)
        for node in self.sweep.nodes:
            if node not in values:
                values[node] = self._value(node, row, values)
        for node, array in self.sweep.stores:
            self._store(values[node], self._address(array, row), array.width)
        for node, array in self.sweep.totals:
            self._add_up(values[node], self._address(array, row))
        return [
            b.add(total, values[node])
            for total, (node, _) in zip(sums, self.sweep.sums, strict=True)
        ]

    def _store(self, value: Any, address: Any, width: Width) -> None:
        """Stores a vector, without a mask where it is full: masks are slow on some processors."""
        b = self.b
        if width == ONE or b.kind.masks_are_fast:
            b.store(value, address, self._mask(width))
            return
        with b.ir.if_else(self.full) as (then, otherwise):
            with then:
                b.store(value, address)
            with otherwise:
                b.store(value, address, self.mask)

    def _value(self, node: Expression, row: Any, values: Mapping[Expression, Any]) -> Any:
        if node in self.sweep.read:
            plan = self.e.plan
            array = plan.sources.get(node) or plan.places[node]
            address = self._address(array, row)
            if array.width == ONE:
                return self.b.load_scalar(address)
            return self.b.load(address, self.mask)
        match node:
            case Joined():
                return self._product(node, row)
            case Spread(operand):
                return values[operand]
            case Pointwise(primitive, arguments):
                return FUNCTIONS[primitive](self.b, *(values[a] for a in arguments))
        raise AssertionError(node)

    def _product(self, node: Joined, row: Any) -> Any:
        b = self.b
        group = next(g for g in self.sweep.groups if node in g.columns)
        columns = len(group.columns)
        wide = b.index(columns * self.sweep.blocks * b.kind.lanes)
        top = b.ir.mul(b.ir.sub(row, self.e.top), wide)
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
