"""Jobs that lay matrices as products read them."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.kernels.cpu import packing
from recurra.kernels.cpu.frame import Frame
from recurra.kernels.cpu.memory import Place
from recurra.kernels.cpu.multiply import vectors_for
from recurra.kernels.cpu.plan import Operand, Sweep
from recurra.kernels.cpu.tables import Tables
from recurra.kernels.network import Line


def lay_operand(tables: Tables, frame: Frame, line: Line, sweep: Sweep, operand: Operand) -> Place:
    """Adds the jobs that lay the matrices of a group's operand; gives where they will lie."""
    units = line.width(sweep.width)
    depths = [line.width(array.width) for array in operand.arrays]
    return lay(
        tables, frame, line, operand.matrices, units=units, depths=depths, blocks=sweep.blocks
    )


def lay_across(
    tables: Tables,
    frame: Frame,
    line: Line,
    names: Sequence[str],
    *,
    units: int,
    depths: Sequence[int],
) -> Place:
    """Adds the jobs that lay transposed matrices, one below the other."""
    matrices = [((name, True),) for name in names]
    at_once = vectors_for(frame.library.kind, units)
    return lay(tables, frame, line, matrices, units=units, depths=depths, blocks=at_once)


def lay(
    tables: Tables,
    frame: Frame,
    line: Line,
    matrices: Sequence[Sequence[tuple[str, bool]]],
    *,
    units: int,
    depths: Sequence[int],
    blocks: int,
) -> Place:
    """Adds the jobs that lay matrices.

    Args:
        tables: Where the jobs are added.
        frame: Where everything lies.
        line: Whose matrices they are.
        matrices: For each vector that they multiply, one behind the other, those side by side: a
            name, and whether it is transposed.
        units: How long the results are.
        depths: How long the vectors are.
        blocks: How many blocks of units are multiplied at once.
    """
    count, lanes = len(matrices[0]), frame.library.kind.lanes
    height, whole = lanes * blocks, sum(depths)
    target = frame.scratch.take(-(-units // height) * height * whole * count)
    above = 0
    for side_by_side, depth in zip(matrices, depths, strict=True):
        for column, (name, transposed) in enumerate(side_by_side):
            columns = frame.columns(line, name)
            values: dict[str, int | Place] = {
                "matrix": frame.parameter(line, name),
                "by unit": 1 if transposed else columns,
                "by column": columns if transposed else 1,
                "units": units,
                "depth": depth,
                "target": target.moved((above * count * blocks + column) * lanes * frame.size),
                "whole depth": whole,
                "matrices": count,
                "blocks": blocks,
            }
            tables.job(packing.NAME, packing.TABLE, values)
        above += depth
    return target
