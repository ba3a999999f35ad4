"""How the rows and units of a layer are cut into blocks and dealt out to programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SIZES = (16, 32, 64)
"""The rows and units a block may have, from the fewest that matrices are multiplied in."""

TERMS = 32
"""The terms of a product that are taken at once."""


@dataclass(frozen=True)
class Processor:
    """What a GPU has.

    Attributes:
        count: Multiprocessors.
        memory: The bytes of shared memory that a program can have on one.
    """

    count: int
    memory: int


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


def tiling(
    rows: int,
    width: int,
    processor: Processor,
    loops: Sequence[tuple[int, int]] = (),
) -> Tiling:
    """The cut for a batch.

    All programs that wait for each other must run at the same time, so that there are never more
    than a GPU has multiprocessors, unless each has its rows for itself.

    Args:
        rows: B.
        width: The most numbers in a row of what is computed.
        processor: The GPU.
        loops: How many vectors and how many matrices each loop over terms loads.
    """
    block = next((size for size in SIZES if _up(rows, size) <= processor.count), SIZES[-1])
    row_blocks = _up(rows, block)
    most = max(1, processor.count // row_blocks)
    units = next((size for size in SIZES if _up(width, size) <= most), SIZES[-1])
    stages = 3
    while processor.memory < _memory(block, units, stages, loops):
        if stages > 2:
            stages = 2
        elif units > SIZES[0]:
            units //= 2
        else:
            break
    warps = 8 if block * units >= 2048 else 4
    return Tiling(block, units, TERMS, row_blocks, min(most, _up(width, units)), warps, stages)


def _memory(block: int, units: int, stages: int, loops: Sequence[tuple[int, int]]) -> int:
    """The bytes of a multiprocessor's shared memory that loads under way take."""
    parts = (vectors * block + matrices * units for vectors, matrices in loops)
    return (stages - 1) * TERMS * 4 * max(parts, default=0)


def _up(number: int, by: int) -> int:
    return -(-number // by)
