"""All steps at once times a matrix: an input's gradient from those of the sums it went into."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from recurra.kernels.cpu.builder import Builder
from recurra.kernels.cpu.jobs import Job
from recurra.kernels.cpu.panel import WIDEST, panel_name, switch
from recurra.kernels.cpu.target import Kind

NAME = "multiply"

TABLE = (
    "a",
    "a by row",
    "rows",
    "depth",
    "p",
    "vectors",
    "columns",
    "c",
    "c by row",
    "fresh",
    "room",
    "by part",
)
"""C (rows, columns) = or += A (rows, depth) times P, packed for so many ``vectors`` at once.
``room`` is where the last columns are computed if they do not fill those, for each part ``by part``
numbers further."""

ROWS = 96
"""The rows of A that are multiplied while they are in the second cache."""


def vectors_for(made: Kind, columns: int) -> int:
    """How many vectors to multiply at once: so that the fewest are beyond the last column."""
    there = -(-columns // made.lanes)
    if there == 1:
        return 1
    return min(range(2, WIDEST + 1), key=lambda many: (-(-there // many) * many, -many))


def write_multiply(module: ir.Module, made: Kind) -> None:
    """Writes the job; its parts are rows."""
    job = Job(module, NAME, made, TABLE)
    b = job.b
    panels = [module.globals[panel_name(vectors)] for vectors in range(1, WIDEST + 1)]
    a, p, c, room = (job.address(name) for name in ("a", "p", "c", "room"))
    lda, depth, columns, ldc, fresh, by_part, vectors = (
        job.number(n)
        for n in ("a by row", "depth", "columns", "c by row", "fresh", "by part", "vectors")
    )
    room = b.address(room, b.ir.mul(job.part, by_part))
    wide = b.ir.mul(vectors, b.index(made.lanes))
    first, last = job.share(job.number("rows"))

    def over_rows(top: Any, _: Any) -> None:
        count = b.ir.sub(b.smaller(b.ir.add(top, b.index(ROWS)), last), top)
        left = b.address(a, b.ir.mul(top, lda))

        def over_columns(column: Any, _: Any) -> None:
            there = b.smaller(b.ir.sub(columns, column), wide)
            right = b.address(p, b.ir.mul(column, depth))
            target = b.address(c, b.ir.add(b.ir.mul(top, ldc), column))
            with b.ir.if_else(b.ir.icmp_signed("==", there, wide)) as (then, otherwise):
                with then:
                    arguments = [left, lda, count, right, depth, target, ldc, fresh]
                    switch(b, vectors, panels, arguments)
                with otherwise:
                    arguments = [left, lda, count, right, depth, room, wide, b.index(1)]
                    switch(b, vectors, panels, arguments)
                    _bring(b, room, wide, target, ldc, rows=count, columns=there, fresh=fresh)

        b.loop(b.index(0), columns, over_columns, step=wide)

    b.loop(first, last, over_rows, step=ROWS)
    b.ir.ret_void()


def _bring(
    b: Builder,
    source: Any,
    by_row: Any,
    target: Any,
    ldc: Any,
    *,
    rows: Any,
    columns: Any,
    fresh: Any,
) -> None:
    """Sets or adds columns that do not fill their vectors."""
    is_fresh = b.ir.icmp_signed("!=", fresh, b.index(0))

    def over_rows(row: Any, _: Any) -> None:
        def over_vectors(column: Any, _: Any) -> None:
            mask = b.mask(b.ir.sub(columns, column))
            value = b.load(b.address(source, b.ir.add(b.ir.mul(row, by_row), column)))
            place = b.address(target, b.ir.add(b.ir.mul(row, ldc), column))
            old = b.select(is_fresh, b.constant(0), b.load(place, mask))
            b.store(b.add(old, value), place, mask)

        b.loop(b.index(0), columns, over_vectors, step=b.kind.lanes)

    b.loop(b.index(0), rows, over_rows)
