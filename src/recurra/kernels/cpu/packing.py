"""Matrices laid out so that a product reads them from one end to the other."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache
from typing import Any

from llvmlite import ir
from torch import Tensor

from recurra.kernels.cpu.builder import INDEX, POINTER, Builder
from recurra.kernels.cpu.cache import kept
from recurra.kernels.cpu.target import Kind, kind


def packed(matrices: Sequence[Tensor], blocks: int) -> Tensor:
    """Matrices of one shape, (units, depth) each, that multiply one vector.

    Args:
        matrices: In the order of their results; they need not lie together.
        blocks: How many blocks of units are multiplied at once.

    Returns:
        Numbers in the order [blocks at once][depth][block][matrix][unit], 0 beyond the last unit.
    """
    first = matrices[0]
    lay, lanes = _function(str(first.dtype).removeprefix("torch."))
    units, depth = first.shape
    height = lanes * blocks
    target = first.new_empty(-(-units // height) * height * depth * len(matrices))
    for place, matrix in enumerate(matrices):
        by_unit, by_column = matrix.stride()
        lay(
            matrix.data_ptr(),
            by_unit,
            by_column,
            units,
            depth,
            target.data_ptr() + place * lanes * target.element_size(),
            len(matrices),
            blocks,
        )
    return target


@cache
def _function(number: str) -> tuple[Any, int]:
    made = kind(number)
    code = kept(f"packing {number}", lambda: str(_module(made)))
    types = [ctypes.c_void_p, *[ctypes.c_int64] * 4, ctypes.c_void_p, *[ctypes.c_int64] * 2]
    return code.function("lay", types), made.lanes


def _module(made: Kind) -> ir.Module:
    module = ir.Module("packing")
    shape = ir.FunctionType(ir.VoidType(), [POINTER, *[INDEX] * 4, POINTER, *[INDEX] * 2])
    b = Builder(module, ir.Function(module, shape, "lay"), made)
    source, by_unit, by_column, units, depth, target, count, blocks = b.function.args
    lanes = b.index(made.lanes)
    row = b.ir.mul(count, lanes)
    far = b.ir.mul(blocks, row)
    height = b.ir.mul(blocks, lanes)
    past = b.ir.sub(b.ir.add(units, height), b.index(1))
    whole = b.ir.mul(b.ir.sdiv(past, height), blocks)
    together = b.ir.icmp_signed("==", by_unit, b.index(1))

    def over_blocks(number: Any, _: Any) -> None:
        group, place = b.ir.sdiv(number, blocks), b.ir.srem(number, blocks)
        start = b.ir.add(b.ir.mul(b.ir.mul(group, depth), far), b.ir.mul(place, row))
        unit = b.ir.mul(number, lanes)
        mask = b.mask(b.ir.sub(units, unit))

        def by_vectors(k: Any, _: Any) -> None:
            read = b.address(source, b.ir.add(unit, b.ir.mul(k, by_column)))
            b.store(b.load(read, mask), b.address(target, b.ir.add(start, b.ir.mul(k, far))))

        def over_lanes(lane: Any, _: Any) -> None:
            one = b.ir.add(unit, lane)
            inside = b.ir.icmp_signed("<", one, units)
            # Beyond the last unit something that is there is read, and 0 written.
            from_ = b.ir.mul(b.select(inside, one, b.index(0)), by_unit)

            def by_numbers(k: Any, _: Any) -> None:
                read = b.address(source, b.ir.add(from_, b.ir.mul(k, by_column)))
                value = b.ir.load(read, align=made.size, typ=made.scalar)
                value = b.select(inside, value, ir.Constant(made.scalar, 0.0))
                write = b.sum(start, b.ir.mul(k, far), lane)
                b.ir.store(value, b.address(target, write), align=made.size)

            b.loop(b.index(0), depth, by_numbers)

        with b.ir.if_else(together) as (then, otherwise):
            with then:
                b.loop(b.index(0), depth, by_vectors)
            with otherwise:
                b.loop(b.index(0), lanes, over_lanes)

    b.loop(b.index(0), whole, over_blocks)
    b.ir.ret_void()
    return module
