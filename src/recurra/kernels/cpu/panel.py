"""The one matrix product that everything is made of.

C (R, N) = A (R, K) times P (K, N), N being one to four vectors. P lies packed, row after row, so
that it streams; a block of its rows stays in the first cache while all rows of A pass by; a tile of
C stays in registers.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from llvmlite import ir

from recurra.kernels.cpu.builder import INDEX, POINTER, Builder
from recurra.kernels.cpu.cache import kept
from recurra.kernels.cpu.code import Code
from recurra.kernels.cpu.target import Kind, kind
from recurra.kernels.cpu.threads import HEADER, on_threads

WIDEST = 4
"""The vectors in a row of a tile, at most."""

SHAPE = ir.FunctionType(
    ir.VoidType(), [POINTER, INDEX, INDEX, INDEX, POINTER, INDEX, POINTER, INDEX, INDEX]
)
"""A, the distances of its rows and columns, R, P, K, C, the distance of its rows, whether C starts
from 0."""

PRODUCT = (
    *HEADER,
    "rows",
    "depth",
    "columns",
    "a",
    "a by row",
    "a by column",
    "p",
    "c",
    "c by row",
)
"""The table that ``product`` is given."""

_BLOCK_BYTES = 28 * 1024
"""How much of P shall stay in the first cache."""

_SECOND_BYTES = 400 * 1024
"""How much of A shall stay in the second cache."""


@cache
def panels(number: str) -> Code:
    """The functions ``panel_1`` to ``panel_4``, by the vectors in a row, for a type of number."""
    made = kind(number)
    return kept(f"panels {number}", lambda: str(_module(made)))


def _module(made: Kind) -> ir.Module:
    module = ir.Module("panels")
    for vectors in range(1, WIDEST + 1):
        _panel(module, made, vectors)
    _product(module, made)
    _pack(module, made)
    return module


def _tallest(made: Kind, vectors: int) -> int:
    """The rows of the largest tile that fits the registers."""
    registers = 32 if made.lanes * made.size == 64 else 16
    return min((registers - vectors - 2) // vectors, 12)


def _panel(module: ir.Module, made: Kind, vectors: int) -> None:
    """C = A P, by blocks of rows of P and tiles of rows of A."""
    tallest = _tallest(made, vectors)
    tiles = [_tile(module, made, vectors, rows) for rows in range(1, tallest + 1)]
    function = ir.Function(module, SHAPE, f"panel_{vectors}")
    b = Builder(module, function, made)
    a, lda, by_k, rows, p, depth, c, ldc, fresh = function.args
    is_fresh = b.ir.icmp_signed("!=", fresh, b.index(0))
    row_size = vectors * made.lanes
    block = max(32, _BLOCK_BYTES // (row_size * made.size))
    count = b.ir.sdiv(b.ir.add(rows, b.index(tallest - 1)), b.index(tallest))
    blocks = b.ir.sdiv(b.ir.add(depth, b.index(block - 1)), b.index(block))

    def over_blocks(number: Any, _: Any) -> None:
        first, last = _part(b, depth, number, blocks)

        def over_tiles(tile: Any, _: Any) -> None:
            top, bottom = _part(b, rows, tile, count)
            arguments = [
                b.address(a, b.ir.add(b.ir.mul(top, lda), b.ir.mul(first, by_k))),
                lda,
                by_k,
                b.address(p, b.ir.mul(first, b.index(row_size))),
                b.ir.sub(last, first),
                b.address(c, b.ir.mul(top, ldc)),
                ldc,
                b.ir.and_(is_fresh, b.ir.icmp_signed("==", number, b.index(0))),
            ]
            _switch(b, b.ir.sub(bottom, top), tiles, arguments)

        b.loop(b.index(0), count, over_tiles)

    b.loop(b.index(0), blocks, over_blocks)
    b.ir.ret_void()


def _product(module: ir.Module, made: Kind) -> None:
    """C = A P for any number of columns, P packed by :func:`_pack`; rows from one to another.

    A block of rows of A stays in the second cache while all blocks of P pass by; where A is read
    along its rows' direction, as for the gradient of a matrix, K is cut instead.
    """
    shape = ir.FunctionType(ir.VoidType(), [POINTER, INDEX])
    function = ir.Function(module, shape, "product")
    b = Builder(module, function, made)
    table, thread = function.args

    def argument(name: str) -> Any:
        place = b.ir.gep(table, [b.index(PRODUCT.index(name))], source_etype=INDEX)
        return b.ir.load(place, typ=INDEX)

    a, p, c = (b.ir.inttoptr(argument(name), POINTER) for name in ("a", "p", "c"))
    lda, by_k, depth, columns, ldc = (
        argument(name) for name in ("a by row", "a by column", "depth", "columns", "c by row")
    )
    first, last = (
        b.ir.sdiv(b.ir.mul(argument("rows"), b.ir.add(thread, b.index(end))), argument("threads"))
        for end in (0, 1)
    )
    lanes, widest = made.lanes, WIDEST * made.lanes
    block = max(32, _BLOCK_BYTES // (widest * made.size))
    along = b.ir.icmp_signed("==", by_k, b.index(1))
    # So that a block of A takes about half of a cache of a megabyte.
    height = b.ir.sdiv(b.index(_SECOND_BYTES // made.size), b.ir.add(depth, b.index(1)))
    least = b.index(48)
    height = b.select(b.ir.icmp_signed(">", height, least), height, least)
    height = b.select(along, height, b.ir.add(last, b.index(1)))
    deep = b.select(along, b.ir.add(depth, b.index(1)), b.index(4 * block))

    def over_depth(start: Any, _: Any) -> None:
        beyond = b.ir.add(start, deep)
        end = b.select(b.ir.icmp_signed("<", beyond, depth), beyond, depth)
        fresh = b.ir.zext(b.ir.icmp_signed("==", start, b.index(0)), INDEX)

        def over_rows(top: Any, _: Any) -> None:
            under = b.ir.add(top, height)
            bottom = b.select(b.ir.icmp_signed("<", under, last), under, last)

            def over_columns(column: Any, _: Any) -> None:
                left = b.ir.sub(columns, column)
                vectors = b.ir.sdiv(b.ir.add(left, b.index(lanes - 1)), b.index(lanes))
                many = b.ir.icmp_signed("<", vectors, b.index(WIDEST))
                vectors = b.select(many, vectors, b.index(WIDEST))
                row = b.ir.mul(vectors, b.index(lanes))
                _call_panel(
                    b,
                    vectors,
                    [
                        b.address(a, b.ir.add(b.ir.mul(top, lda), b.ir.mul(start, by_k))),
                        lda,
                        by_k,
                        b.ir.sub(bottom, top),
                        b.address(p, b.ir.add(b.ir.mul(column, depth), b.ir.mul(start, row))),
                        b.ir.sub(end, start),
                        b.address(c, b.ir.add(b.ir.mul(top, ldc), column)),
                        ldc,
                        fresh,
                    ],
                )

            b.loop(b.index(0), columns, over_columns, step=widest)

        b.loop(first, last, over_rows, step=height)

    b.loop(b.index(0), depth, over_depth, step=deep)
    b.ir.ret_void()
    on_threads(module, function, made)


def _call_panel(b: Builder, vectors: Any, arguments: list[Any]) -> None:
    after = b.function.append_basic_block("multiplied")
    switch = b.ir.switch(vectors, after)
    for number in range(1, WIDEST + 1):
        block = b.function.append_basic_block(f"vectors_{number}")
        switch.add_case(b.index(number), block)
        b.ir.position_at_end(block)
        b.ir.call(b.module.globals[f"panel_{number}"], arguments)
        b.ir.branch(after)
    b.ir.position_at_end(after)


def _pack(module: ir.Module, made: Kind) -> None:
    """A matrix (K, N) in blocks of columns, each with its rows one after another, 0 beyond N."""
    shape = ir.FunctionType(ir.VoidType(), [POINTER, INDEX, INDEX, INDEX, POINTER])
    b = Builder(module, ir.Function(module, shape, "pack"), made)
    matrix, by_row, depth, columns, packed = b.function.args
    lanes, widest = made.lanes, WIDEST * made.lanes

    def over_columns(column: Any, _: Any) -> None:
        left = b.ir.sub(columns, column)
        wide = b.ir.icmp_signed("<", left, b.index(widest))
        left = b.select(wide, left, b.index(widest))
        vectors = b.ir.sdiv(b.ir.add(left, b.index(lanes - 1)), b.index(lanes))
        row = b.ir.mul(vectors, b.index(lanes))
        start = b.ir.mul(column, depth)

        def over_rows(k: Any, _: Any) -> None:
            def over_vectors(v: Any, _: Any) -> None:
                unit = b.ir.mul(v, b.index(lanes))
                mask = b.mask(b.ir.sub(left, unit))
                source = b.sum(b.ir.mul(k, by_row), column, unit)
                target = b.sum(start, b.ir.mul(k, row), unit)
                b.store(b.load(b.address(matrix, source), mask), b.address(packed, target))

            b.loop(b.index(0), vectors, over_vectors)

        b.loop(b.index(0), depth, over_rows)

    b.loop(b.index(0), columns, over_columns, step=widest)
    b.ir.ret_void()


def _part(b: Builder, whole: Any, number: Any, parts: Any) -> tuple[Any, Any]:
    """The first and the last number of one of nearly equal parts."""
    ends = [b.ir.sdiv(b.ir.mul(whole, b.ir.add(number, b.index(one))), parts) for one in (0, 1)]
    return ends[0], ends[1]


def _switch(b: Builder, rows: Any, tiles: list[ir.Function], arguments: list[Any]) -> None:
    """Calls the tile with as many rows."""
    after = b.function.append_basic_block("called")
    switch = b.ir.switch(rows, after)
    for height, tile in enumerate(tiles, 1):
        block = b.function.append_basic_block(f"rows_{height}")
        switch.add_case(b.index(height), block)
        b.ir.position_at_end(block)
        b.ir.call(tile, arguments)
        b.ir.branch(after)
    b.ir.position_at_end(after)


def _tile(module: ir.Module, made: Kind, vectors: int, rows: int) -> ir.Function:
    """A few rows of C in registers; they start from 0 or from what is there."""
    arguments = [POINTER, INDEX, INDEX, POINTER, INDEX, POINTER, INDEX, ir.IntType(1)]
    shape = ir.FunctionType(ir.VoidType(), arguments)
    function = ir.Function(module, shape, f"tile_{rows}_{vectors}")
    function.linkage = "internal"
    function.attributes.add("noinline")
    b = Builder(module, function, made)
    a, lda, by_k, p, depth, c, ldc, fresh = function.args
    places = [
        b.address(c, b.sum(b.ir.mul(b.index(row), ldc), b.index(v * made.lanes)))
        for row in range(rows)
        for v in range(vectors)
    ]
    tops = [b.ir.mul(b.index(row), lda) for row in range(rows)]
    start = _start(b, places, fresh)

    def round_(k: Any, sums: Any) -> list[Any]:
        base = b.ir.mul(k, b.index(vectors * made.lanes))
        column = b.ir.mul(k, by_k)
        right = [
            b.load(b.address(p, b.ir.add(base, b.index(v * made.lanes)))) for v in range(vectors)
        ]
        result = []
        for row in range(rows):
            left = b.load_scalar(b.address(a, b.ir.add(tops[row], column)))
            result += [b.fma(left, right[v], sums[row * vectors + v]) for v in range(vectors)]
        return result

    for value, place in zip(b.loop(b.index(0), depth, round_, start), places, strict=True):
        b.store(value, place)
    b.ir.ret_void()
    return function


def _start(b: Builder, places: list[Any], fresh: Any) -> list[Any]:
    """What the sums start from."""
    before = b.ir.block
    old, ready = (b.function.append_basic_block(name) for name in ("old", "ready"))
    b.ir.cbranch(fresh, ready, old)
    b.ir.position_at_end(old)
    found = [b.load(place) for place in places]
    b.ir.branch(ready)
    b.ir.position_at_end(ready)
    values = []
    for one in found:
        value = b.ir.phi(b.kind.vector)
        value.add_incoming(b.constant(0), before)
        value.add_incoming(one, old)
        values.append(value)
    return values
