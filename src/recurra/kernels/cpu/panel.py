"""The one matrix product that everything is made of.

C (R, N) = A (R, K) times P (K, N), N being one to four vectors. P lies packed, row after row, so
that it streams; a block of its rows stays in the first cache while all rows of A pass by; a tile of
C stays in registers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from recurra.kernels.cpu.builder import INDEX, POINTER, Builder
from recurra.kernels.cpu.target import Kind

WIDEST = 4
"""The vectors in a row of a tile, at most."""

SHAPE = ir.FunctionType(
    ir.VoidType(), [POINTER, INDEX, INDEX, POINTER, INDEX, POINTER, INDEX, INDEX]
)
"""A, the distance of its rows, R, P, K, C, the distance of its rows, whether C starts from 0."""

BLOCK_BYTES = 28 * 1024
"""How much of P shall stay in the first cache."""

_TILE = ir.FunctionType(
    ir.VoidType(), [POINTER, INDEX, POINTER, INDEX, POINTER, INDEX, ir.IntType(1), POINTER]
)

_LINE = 64
"""The bytes that caches bring at once."""

_TALLEST = {16: {1: 6, 2: 6, 3: 4, 4: 3}, 32: {1: 8, 2: 8, 3: 8, 4: 6}}
"""The rows of the largest tile that fits so many registers, by the vectors in a row."""


def panel_name(vectors: int) -> str:
    """What the function for so many vectors in a row is called."""
    return f"panel_{vectors}"


def write_panels(module: ir.Module, made: Kind) -> None:
    """Writes the panels of one to four vectors."""
    for vectors in range(1, WIDEST + 1):
        _panel(module, made, vectors)


def _panel(module: ir.Module, made: Kind, vectors: int) -> None:
    """C = A P, by blocks of rows of P and tiles of rows of A."""
    tallest = _TALLEST[made.registers][vectors]
    tiles = [_tile(module, made, vectors, rows) for rows in range(1, tallest + 1)]
    b = Builder(module, ir.Function(module, SHAPE, panel_name(vectors)), made)
    a, lda, rows, p, depth, c, ldc, fresh = b.function.args
    is_fresh = b.ir.icmp_signed("!=", fresh, b.index(0))
    row_size = vectors * made.lanes
    block = max(32, BLOCK_BYTES // (row_size * made.size))
    heights = Parts(b, rows, b.index(tallest))
    depths = Parts(b, depth, b.index(block))

    def over_depth(number: Any, carried: Sequence[Any]) -> list[Any]:
        (first,) = carried
        deep = depths.size(number)
        starts = b.ir.and_(is_fresh, b.ir.icmp_signed("==", number, b.index(0)))
        right = b.address(p, b.ir.mul(first, b.index(row_size)))

        def over_rows(tile: Any, carried: Sequence[Any]) -> list[Any]:
            (top,) = carried
            height = heights.size(tile)
            left = b.address(a, b.ir.add(b.ir.mul(top, lda), first))
            result = b.address(c, b.ir.mul(top, ldc))
            ahead = _ahead(b, right, deep, tile, row_size)
            switch(b, height, tiles, [left, lda, right, deep, result, ldc, starts, ahead])
            return [b.ir.add(top, height)]

        b.loop(b.index(0), heights.count, over_rows, [b.index(0)])
        return [b.ir.add(first, deep)]

    b.loop(b.index(0), depths.count, over_depth, [b.index(0)])
    b.ir.ret_void()


def _ahead(b: Builder, right: Any, deep: Any, tile: Any, row_size: int) -> Any:
    """What a tile asks the second cache for: the next block of P, shared by the first tiles.

    The others ask for what is there.
    """
    numbers = _LINE // b.kind.size
    block = b.ir.mul(deep, b.index(row_size))
    own = b.ir.mul(b.ir.mul(tile, deep), b.index(numbers))
    first = b.ir.icmp_signed("<", tile, b.index(max(1, row_size // numbers)))
    return b.address(right, b.select(first, b.ir.add(block, own), b.index(0)))


class Parts:
    """Something cut into parts of nearly one size, none above a largest.

    Args:
        b: Where code is written.
        whole: How much there is.
        largest: How much a part may be.
    """

    def __init__(self, b: Builder, whole: Any, largest: Any) -> None:
        self.b = b
        rounded = b.ir.sub(b.ir.add(whole, largest), b.index(1))
        self.count = b.ir.sdiv(rounded, largest)
        # Nothing has no part, and nothing may be divided by their number then.
        divisor = b.larger(self.count, b.index(1))
        self.least = b.ir.sdiv(whole, divisor)
        self.longer = b.ir.srem(whole, divisor)

    def size(self, number: Any) -> Any:
        """That of a part: the first are longer by one if they must be."""
        b = self.b
        return b.ir.add(self.least, b.ir.zext(b.ir.icmp_signed("<", number, self.longer), INDEX))


def switch(
    b: Builder, number: Any, functions: Sequence[ir.Function], arguments: Sequence[Any]
) -> None:
    """Calls the function whose number it is, from 1; of another number none."""
    after = b.function.append_basic_block("called")
    cases = b.ir.switch(number, after)
    for one, function in enumerate(functions, 1):
        block = b.function.append_basic_block(f"case_{one}")
        cases.add_case(b.index(one), block)
        b.ir.position_at_end(block)
        b.ir.call(function, arguments)
        b.ir.branch(after)
    b.ir.position_at_end(after)


def _tile(module: ir.Module, made: Kind, vectors: int, rows: int) -> ir.Function:
    """A few rows of C in registers; they start from 0 or from what is there."""
    function = ir.Function(module, _TILE, f"tile_{rows}_{vectors}")
    function.linkage = "internal"
    function.attributes.add("noinline")
    b = Builder(module, function, made)
    a, lda, p, depth, c, ldc, fresh, ahead = function.args
    places = [
        b.address(c, b.sum(b.ir.mul(b.index(row), ldc), b.index(v * made.lanes)))
        for row in range(rows)
        for v in range(vectors)
    ]
    tops = [b.ir.mul(b.index(row), lda) for row in range(rows)]
    start = _start(b, places, fresh)

    def round_(k: Any, sums: Sequence[Any]) -> list[Any]:
        b.prefetch(b.address(ahead, b.ir.mul(k, b.index(_LINE // made.size))))
        lefts = [b.address(a, b.ir.add(top, k)) for top in tops]
        base = b.ir.mul(k, b.index(vectors * made.lanes))
        offsets = [b.ir.add(base, b.index(v * made.lanes)) for v in range(vectors)]
        return multiplied(b, sums, lefts, [b.address(p, offset) for offset in offsets])

    for value, place in zip(b.loop(b.index(0), depth, round_, start), places, strict=True):
        b.store(value, place)
    b.ir.ret_void()
    return function


def multiplied(
    b: Builder, sums: Sequence[Any], left: Sequence[Any], right: Sequence[Any]
) -> list[Any]:
    """Sums of a tile, row by row, with products of numbers of A and vectors of P added.

    The fewer of the two are held in registers, the others loaded one at a time.

    Args:
        b: Where code is written.
        sums: The sums so far.
        left: Where the numbers lie.
        right: Where the vectors lie.
    """
    result = list(sums)
    if len(right) > len(left):
        numbers = [b.load_scalar(address) for address in left]
        for v, address in enumerate(right):
            vector = b.load(address)
            for r, number in enumerate(numbers):
                place = r * len(right) + v
                result[place] = b.fma(number, vector, result[place])
        return result
    vectors = [b.load(address) for address in right]
    for r, address in enumerate(left):
        number = b.load_scalar(address)
        for v, vector in enumerate(vectors):
            place = r * len(right) + v
            result[place] = b.fma(number, vector, result[place])
    return result


def _start(b: Builder, places: Sequence[Any], fresh: Any) -> list[Any]:
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
