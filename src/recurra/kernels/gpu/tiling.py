"""How the rows and units of a layer are cut into blocks and dealt out to programs."""

from __future__ import annotations

from dataclasses import dataclass

ROWS = 16
"""The fewest rows of a block: those of the smallest product of matrices."""


@dataclass(frozen=True)
class Tiling:
    """How a layer is cut up.

    Attributes:
        rows: The rows of a block.
        units: The units of a block.
        terms: The terms of a product that are taken at once.
        row_blocks: How many blocks of rows there are.
        programs: How many programs share a block of rows.
        warps: The warps of a program.
        stages: How many loads are under way.
    """

    rows: int
    units: int
    terms: int
    row_blocks: int
    programs: int
    warps: int = 4
    stages: int = 3


def tiling(rows: int, width: int, processors: int) -> Tiling:
    """The cut for a batch.

    All programs that wait for each other must run at the same time, so that there are never more
    than a GPU has multiprocessors, unless each has its rows for itself.

    Args:
        rows: B.
        width: The most numbers in a row of what is computed.
        processors: The GPU's multiprocessors.
    """
    block = ROWS
    while _up(rows, block) > processors and block < 64:
        block *= 2
    row_blocks = _up(rows, block)
    most = max(1, processors // row_blocks)
    units = 16
    while _up(width, units) > most and units < 64:
        units *= 2
    programs = min(most, _up(width, units))
    return Tiling(block, units, 32, row_blocks, programs)


def _up(number: int, by: int) -> int:
    return -(-number // by)
