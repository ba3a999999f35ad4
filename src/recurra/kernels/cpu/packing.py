"""Matrices laid out so that a product reads them from one end to the other.

A matrix (units, depth) is laid in the order [blocks of units at once][depth][block][matrix][unit],
0 beyond the last unit; several matrices that multiply one vector stand side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from recurra.kernels.cpu.builder import Builder
from recurra.kernels.cpu.jobs import Job
from recurra.kernels.cpu.target import Kind

NAME = "pack"

TABLE = (
    "matrix",
    "by unit",
    "by column",
    "units",
    "depth",
    "target",
    "whole depth",
    "matrices",
    "blocks",
)
"""``target`` is where the matrix's first number goes; ``whole depth`` that of all operands of one
product, which lie one upon another; ``matrices`` how many stand side by side, and ``blocks`` how
many blocks of units are multiplied at once."""


def write_packing(module: ir.Module, made: Kind) -> None:
    """Writes the job that lays one matrix."""
    job = Job(module, NAME, made, TABLE)
    b = job.b
    source, target = job.address("matrix"), job.address("target")
    by_unit, by_column, units, depth, whole, count, blocks = (
        job.number(n)
        for n in ("by unit", "by column", "units", "depth", "whole depth", "matrices", "blocks")
    )
    lanes = b.index(made.lanes)
    row = b.ir.mul(count, lanes)
    far = b.ir.mul(blocks, row)
    height = b.ir.mul(blocks, lanes)
    rounded = b.ir.sub(b.ir.add(units, height), b.index(1))
    first, last = job.share(b.ir.mul(b.ir.sdiv(rounded, height), blocks))
    along_units = b.ir.icmp_signed("==", by_unit, b.index(1))

    def over_blocks(number: Any, _: Any) -> None:
        group, beside = b.ir.sdiv(number, blocks), b.ir.srem(number, blocks)
        offset = b.ir.add(b.ir.mul(b.ir.mul(group, whole), far), b.ir.mul(beside, row))
        place = b.address(target, offset)
        block = _Block(b, source, place, far, by_unit=by_unit, by_column=by_column, depth=depth)
        block.unit = b.ir.mul(number, lanes)
        block.left = b.ir.sub(units, block.unit)
        with b.ir.if_else(along_units) as (then, otherwise):
            with then:
                block.copy_vectors()
            with otherwise:
                block.turn()

    b.loop(first, last, over_blocks)
    b.ir.ret_void()


class _Block:
    """As many units as a vector holds."""

    unit: Any
    left: Any

    def __init__(
        self,
        b: Builder,
        source: Any,
        target: Any,
        far: Any,
        *,
        by_unit: Any,
        by_column: Any,
        depth: Any,
    ) -> None:
        self.b, self.source, self.target, self.far = b, source, target, far
        self.by_unit, self.by_column, self.depth = by_unit, by_column, depth

    def copy_vectors(self) -> None:
        """Units lie together: each vector is there already."""
        b = self.b
        mask = b.mask(self.left)

        def at(k: Any, _: Any) -> None:
            read = b.address(self.source, b.ir.add(self.unit, b.ir.mul(k, self.by_column)))
            b.store(b.load(read, mask), b.address(self.target, b.ir.mul(k, self.far)))

        b.loop(b.index(0), self.depth, at)

    def turn(self) -> None:
        """Columns lie together: squares are transposed in registers, what is left number by number.

        A square is read whole only where all its units are there.
        """
        b = self.b
        lanes = b.kind.lanes
        full = b.ir.icmp_signed(">=", self.left, b.index(lanes))
        together = b.ir.and_(full, b.ir.icmp_signed("==", self.by_column, b.index(1)))
        squares = b.select(together, b.ir.sdiv(self.depth, b.index(lanes)), b.index(0))
        start = b.ir.mul(self.unit, self.by_unit)

        def square(number: Any, _: Any) -> None:
            k = b.ir.mul(number, b.index(lanes))
            rows = [
                b.load(b.address(self.source, b.sum(start, b.ir.mul(b.index(r), self.by_unit), k)))
                for r in range(lanes)
            ]
            for column, vector in enumerate(transposed(b, rows)):
                at = b.ir.mul(b.ir.add(k, b.index(column)), self.far)
                b.store(vector, b.address(self.target, at))

        b.loop(b.index(0), squares, square)
        self._one_by_one(start, b.ir.mul(squares, b.index(lanes)))

    def _one_by_one(self, start: Any, first: Any) -> None:
        b = self.b
        zero = ir.Constant(b.kind.scalar, 0.0)

        def over_lanes(lane: Any, _: Any) -> None:
            inside = b.ir.icmp_signed("<", lane, self.left)
            # Beyond the last unit something that is there is read, and 0 written.
            from_ = b.ir.add(start, b.ir.mul(b.select(inside, lane, b.index(0)), self.by_unit))
            from_ = b.select(b.ir.icmp_signed(">", self.left, b.index(0)), from_, b.index(0))

            def at(k: Any, _: Any) -> None:
                read = b.address(self.source, b.ir.add(from_, b.ir.mul(k, self.by_column)))
                value = b.ir.load(read, align=b.kind.size, typ=b.kind.scalar)
                value = b.select(inside, value, zero)
                write = b.address(self.target, b.ir.add(b.ir.mul(k, self.far), lane))
                b.ir.store(value, write, align=b.kind.size)

            b.loop(first, self.depth, at)

        b.loop(b.index(0), b.index(b.kind.lanes), over_lanes)


def transposed(b: Builder, rows: Sequence[Any]) -> list[Any]:
    """The columns of a square of as many vectors as a vector has lanes."""
    lanes = len(rows)
    values = list(rows)
    distance = 1
    while distance < lanes:
        values = [_exchanged(b, values, r, distance) for r in range(lanes)]
        distance *= 2
    return values


def _exchanged(b: Builder, values: Sequence[Any], row: int, distance: int) -> Any:
    """A row with every second group of lanes taken from the row that lies so far from it."""
    lanes = len(values)
    upper = bool(row & distance)
    mine, other = values[row], values[row ^ distance]
    pick = [
        (lane if bool(lane & distance) == upper else lanes + (lane ^ distance))
        for lane in range(lanes)
    ]
    return b.shuffle(mine, other, pick)
