"""Small jobs: rows copied, and what the parts of a pass added up brought together."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from recurra.kernels.cpu.jobs import Job
from recurra.kernels.cpu.target import Kind

COPY = "copy"

COPY_TABLE = ("source", "source by row", "target", "target by row", "rows", "width")

ADD = "add"

ADD_TABLE = ("first", "second", "target", "width")
"""``target`` becomes the sum of two vectors."""

GATHER = "gather"

GATHER_TABLE = ("source", "by part", "many", "target", "width")
"""``target`` becomes the sum of ``many`` vectors."""


def write_copying(module: ir.Module, made: Kind) -> None:
    """Writes all three jobs."""
    _write_copy(module, made)
    _write_add(module, made)
    _write_gather(module, made)


def _write_copy(module: ir.Module, made: Kind) -> None:
    job = Job(module, COPY, made, COPY_TABLE)
    b = job.b
    source, target = job.address("source"), job.address("target")
    from_row, to_row, width = (job.number(n) for n in ("source by row", "target by row", "width"))
    first, last = job.share(job.number("rows"))

    def over_rows(row: Any, _: Any) -> None:
        read = b.address(source, b.ir.mul(row, from_row))
        stored = b.address(target, b.ir.mul(row, to_row))

        def over_vectors(place: Any, _: Any) -> None:
            mask = b.mask(b.ir.sub(width, place))
            b.store(b.load(b.address(read, place), mask), b.address(stored, place), mask)

        b.loop(b.index(0), width, over_vectors, step=made.lanes)

    b.loop(first, last, over_rows)
    b.ir.ret_void()


def _write_add(module: ir.Module, made: Kind) -> None:
    job = Job(module, ADD, made, ADD_TABLE)
    b = job.b
    first, second, target = (job.address(name) for name in ("first", "second", "target"))
    width, lanes = job.number("width"), b.index(made.lanes)
    begin, end = (
        b.ir.mul(end, lanes)
        for end in job.share(b.ir.sdiv(b.ir.sub(b.ir.add(width, lanes), b.index(1)), lanes))
    )

    def over_vectors(place: Any, _: Any) -> None:
        mask = b.mask(b.ir.sub(width, place))
        total = b.add(*(b.load(b.address(one, place), mask) for one in (first, second)))
        b.store(total, b.address(target, place), mask)

    b.loop(begin, end, over_vectors, step=made.lanes)
    b.ir.ret_void()


def _write_gather(module: ir.Module, made: Kind) -> None:
    job = Job(module, GATHER, made, GATHER_TABLE)
    b = job.b
    source, target = job.address("source"), job.address("target")
    by_part, many, width = (job.number(n) for n in ("by part", "many", "width"))
    lanes = b.index(made.lanes)
    vectors = b.ir.sdiv(b.ir.sub(b.ir.add(width, lanes), b.index(1)), lanes)
    first, last = (b.ir.mul(end, lanes) for end in job.share(vectors))

    def over_vectors(place: Any, _: Any) -> None:
        mask = b.mask(b.ir.sub(width, place))

        def over_parts(part: Any, sums: Any) -> list[Any]:
            read = b.address(source, b.ir.add(b.ir.mul(part, by_part), place))
            return [b.add(sums[0], b.load(read, mask))]

        (total,) = b.loop(b.index(0), many, over_parts, [b.constant(0)])
        b.store(total, b.address(target, place), mask)

    b.loop(first, last, over_vectors, step=made.lanes)
    b.ir.ret_void()
