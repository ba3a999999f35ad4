"""The gradients of matrices: sums of outer products over all rows and steps.

What two matrices have in common, their left side, is packed once. Sides are packed for as many rows
and steps as fit the caches, and the sum over those is made in registers before it is added to the
rest: sums of sums lose less to rounding than one long sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from recurra.kernels.cpu.builder import INDEX, POINTER, Builder
from recurra.kernels.cpu.jobs import Job
from recurra.kernels.cpu.panel import Parts, multiplied, switch
from recurra.kernels.cpu.target import Kind

NAME = "outer"

SEGMENTS = RIGHTS = 2
"""The stretches of steps in which all sides lie regularly, and the right sides of one left side, at
most."""

RIGHT = ("c", "c by row", "width", "first")
"""Of each right side: the matrix that becomes or gains the sum, and the number of the segment that
sets it, -1 for none."""

SEGMENT = ("a", "steps", "a by step", "a by row")
SIDE = ("b", "b by step", "b by row")
"""Of each segment, and of each right side in it; one that takes no part in it lies nowhere."""

TABLE: tuple[object, ...] = (
    "height",
    "rows",
    "segments",
    "rights",
    "room",
    "by part",
    *((name, right) for right in range(RIGHTS) for name in RIGHT),
    *(
        key
        for segment in range(SEGMENTS)
        for key in (
            *((name, segment) for name in SEGMENT),
            *((name, segment, right) for right in range(RIGHTS) for name in SIDE),
        )
    ),
)
"""For each right side C (height, width) = or += the sum over segments, steps and rows of a (height)
times b (width). ``room`` is where the sides are packed, for each part ``by part`` numbers further.
"""

_TILES = {16: (4, 3), 32: (8, 3)}
"""The rows of a tile and the vectors in each, at most, for so many registers."""

DEPTH = 256
"""The rows and steps that are packed at once, at most."""

_APART = 16
"""The numbers by which tiles lie further apart than they must, so that they do not all compete for
one place of the cache."""

_TILE = ir.FunctionType(
    ir.VoidType(), [POINTER, POINTER, INDEX, POINTER, INDEX, INDEX, INDEX, ir.IntType(1)]
)


def room(made: Kind, height: int) -> int:
    """The numbers that a part needs to pack both sides, at most."""
    tall, vectors = _TILES[made.registers]
    tiles = -(-height // tall)
    return tiles * (tall * DEPTH + _APART) + vectors * made.lanes * DEPTH


def write_outer(module: ir.Module, made: Kind) -> None:
    """Writes the job; its parts are rows of each C."""
    tall, widest = _TILES[made.registers]
    tiles = [_tile(module, made, tall, vectors) for vectors in range(1, widest + 1)]
    job = Job(module, NAME, made, TABLE)
    b = job.b
    high = b.index(tall)
    height = job.number("height")
    tiles_high = b.ir.sdiv(b.ir.sub(b.ir.add(height, high), b.index(1)), high)
    first, last = (b.ir.mul(end, high) for end in job.share(tiles_high))
    last = b.smaller(last, height)
    some = b.ir.icmp_signed("<", first, last)
    with b.ir.if_then(some):
        writing = _Writing(job, tiles, first, last)
        b.loop(b.index(0), job.number("segments"), writing.segment)
    b.ir.ret_void()


class _Writing:
    def __init__(self, job: Job, tiles: Sequence[ir.Function], first: Any, last: Any) -> None:
        self.job = job
        self.b = b = job.b
        self.tiles, self.first, self.last = tiles, first, last
        self.tall, self.vectors = _TILES[b.kind.registers]
        self.rows = job.number("rows")
        room = b.address(job.address("room"), b.ir.mul(job.part, job.number("by part")))
        self.packed_right = room
        self.packed_left = b.address(room, b.index(self.vectors * b.kind.lanes * DEPTH))

    def segment(self, number: Any, _: Any) -> None:
        """A segment, by as many of its steps and rows at once as are packed."""
        b = self.b
        place = b.ir.mul(number, b.index(len(SEGMENT) + RIGHTS * len(SIDE)))
        left, steps, self.left_step, self.left_row = self._told(SEGMENT, 0, place)
        self.left = b.ir.inttoptr(left, POINTER)
        parts = Parts(b, b.ir.mul(steps, self.rows), b.index(DEPTH))

        def over_depth(block: Any, carried: Sequence[Any]) -> list[Any]:
            (self.k,) = carried
            self.depth = parts.size(block)
            tall = b.ir.mul(self.depth, b.index(self.tall))
            self.by_tile = b.ir.add(tall, b.index(_APART))
            self._pack_left()
            is_first = b.ir.icmp_signed("==", block, b.index(0))

            def over_rights(right: Any, _: Any) -> None:
                self._right(number, place, right, is_first)

            b.loop(b.index(0), self.job.number("rights"), over_rights)
            return [b.ir.add(self.k, self.depth)]

        b.loop(b.index(0), parts.count, over_depth, [b.index(0)])

    def _told(self, names: Sequence[str], number: int | tuple[int, int], further: Any) -> list[Any]:
        """Numbers of the table that stand side by side, so many entries further."""
        b, job = self.b, self.job
        key = number if isinstance(number, tuple) else (number,)
        start = b.ir.add(b.index(job.places[names[0], *key]), further)
        places = [b.ir.add(start, b.index(n)) for n in range(len(names))]
        return [
            b.ir.load(b.ir.gep(job.table, [place], source_etype=INDEX), typ=INDEX)
            for place in places
        ]

    def _right(self, segment: Any, place: Any, number: Any, is_first: Any) -> None:
        """The products of what is packed with a right side, if that takes part."""
        b = self.b
        c, self.ldc, self.width, setting = self._told(
            RIGHT, 0, b.ir.mul(number, b.index(len(RIGHT)))
        )
        further = b.ir.add(place, b.ir.mul(number, b.index(len(SIDE))))
        right, self.right_step, self.right_row = self._told(SIDE, (0, 0), further)
        self.c, self.right = b.ir.inttoptr(c, POINTER), b.ir.inttoptr(right, POINTER)
        with b.ir.if_then(b.ir.icmp_signed("!=", right, b.index(0))):
            sets = b.ir.icmp_signed("==", setting, segment)
            self._multiply(b.ir.and_(sets, is_first))

    def _multiply(self, starts: Any) -> None:
        b = self.b
        lanes = b.index(b.kind.lanes)
        whole = b.ir.sdiv(b.ir.sub(b.ir.add(self.width, lanes), b.index(1)), lanes)

        def over_columns(_: Any, carried: Sequence[Any]) -> list[Any]:
            (column,) = carried
            left = b.ir.sub(whole, column)
            vectors = b.smaller(left, b.index(self.vectors))
            if self.vectors == 3:
                # Four are left as two and two: a tile of one cannot keep the processor busy.
                four = b.ir.icmp_signed("==", left, b.index(4))
                vectors = b.select(four, b.index(2), vectors)
            self._over_columns(b.ir.mul(column, lanes), vectors, starts)
            return [b.ir.add(column, vectors)]

        # Three and one are as many rounds as two and two.
        most = b.index(self.vectors)
        rounds = b.ir.sdiv(b.ir.sub(b.ir.add(whole, most), b.index(1)), most)
        b.loop(b.index(0), rounds, over_columns, [b.index(0)])

    def _tile_place(self, tile: Any) -> Any:
        return self.b.address(self.packed_left, self.b.ir.mul(tile, self.by_tile))

    def _each(self, write: Any) -> None:
        """Calls ``write`` with each number of a row and step, and its step and row."""
        b = self.b

        def at(number: Any, carried: Sequence[Any]) -> list[Any]:
            step, row = carried
            write(number, step, row)
            next_row = b.ir.add(row, b.index(1))
            over = b.ir.icmp_signed("==", next_row, self.rows)
            step = b.ir.add(step, b.ir.zext(over, INDEX))
            return [step, b.select(over, b.index(0), next_row)]

        start = [b.ir.sdiv(self.k, self.rows), b.ir.srem(self.k, self.rows)]
        b.loop(b.index(0), self.depth, at, start)

    def _pack_left(self) -> None:
        """In the order [tile][row and step][row of the tile]."""
        b, tall = self.b, self.tall
        part = ir.VectorType(b.kind.scalar, tall)

        def write(number: Any, step: Any, row: Any) -> None:
            offset = b.ir.add(b.ir.mul(step, self.left_step), b.ir.mul(row, self.left_row))
            source = b.address(self.left, offset)
            source = b.address(source, self.first)
            row = b.ir.mul(number, b.index(tall))

            def over_tiles(tile: Any, _: Any) -> None:
                read = b.address(source, b.ir.mul(tile, b.index(tall)))
                value = b.ir.load(read, align=b.kind.size, typ=part)
                b.ir.store(value, b.address(self._tile_place(tile), row), align=b.kind.size)

            height = b.ir.sub(self.last, self.first)
            whole = b.ir.sdiv(height, b.index(tall))
            b.loop(b.index(0), whole, over_tiles)
            rest = b.ir.srem(height, b.index(tall))
            with b.ir.if_then(b.ir.icmp_signed(">", rest, b.index(0))):
                read = b.address(source, b.ir.mul(whole, b.index(tall)))
                stored = b.address(self._tile_place(whole), row)
                for one in range(tall):
                    self._one(read, stored, rest, one)

        self._each(write)

    def _one(self, read: Any, stored: Any, rest: Any, one: int) -> None:
        """A number of the last tile: 0 beyond the last row."""
        b = self.b
        inside = b.ir.icmp_signed("<", b.index(one), rest)
        # What is beyond may not be read; the tile's first is always there.
        place = b.select(inside, b.index(one), b.index(0))
        value = b.ir.load(b.address(read, place), align=b.kind.size, typ=b.kind.scalar)
        value = b.select(inside, value, ir.Constant(b.kind.scalar, 0.0))
        b.ir.store(value, b.address(stored, b.index(one)), align=b.kind.size)

    def _over_columns(self, column: Any, vectors: Any, starts: Any) -> None:
        b, lanes = self.b, self.b.kind.lanes
        there = b.smaller(b.ir.sub(self.width, column), b.ir.mul(vectors, b.index(lanes)))
        self._pack_right(column, there, vectors)

        def over_tiles(m: Any, _: Any) -> None:
            tile = b.ir.sdiv(b.ir.sub(m, self.first), b.index(self.tall))
            left = self._tile_place(tile)
            target = b.address(self.c, b.ir.add(b.ir.mul(m, self.ldc), column))
            high = b.ir.sub(self.last, m)
            arguments = [
                left, self.packed_right, self.depth, target, self.ldc, high, there, starts,
            ]  # fmt: skip
            switch(b, vectors, self.tiles, arguments)

        b.loop(self.first, self.last, over_tiles, step=self.tall)

    def _pack_right(self, column: Any, there: Any, vectors: Any) -> None:
        b = self.b
        row_size = b.ir.mul(vectors, b.index(b.kind.lanes))

        def write(number: Any, step: Any, row: Any) -> None:
            offset = b.ir.add(b.ir.mul(step, self.right_step), b.ir.mul(row, self.right_row))
            source = b.address(self.right, b.ir.add(offset, column))
            target = b.address(self.packed_right, b.ir.mul(number, row_size))

            def over_vectors(place: Any, _: Any) -> None:
                value = b.load(b.address(source, place), b.mask(b.ir.sub(there, place)))
                b.store(value, b.address(target, place))

            b.loop(b.index(0), row_size, over_vectors, step=b.kind.lanes)

        self._each(write)


def _tile(module: ir.Module, made: Kind, tall: int, vectors: int) -> ir.Function:
    """A tile of C from packed sides."""
    lanes = made.lanes
    function = ir.Function(module, _TILE, f"outer_{vectors}")
    function.linkage = "internal"
    function.attributes.add("noinline")
    b = Builder(module, function, made)
    left, right, depth, c, ldc, high, there, starts = function.args

    def round_(k: Any, sums: Sequence[Any]) -> list[Any]:
        above, before = b.ir.mul(k, b.index(tall)), b.ir.mul(k, b.index(vectors * lanes))
        numbers = [b.address(left, b.ir.add(above, b.index(row))) for row in range(tall)]
        offsets = [b.ir.add(before, b.index(v * lanes)) for v in range(vectors)]
        return multiplied(b, sums, numbers, [b.address(right, offset) for offset in offsets])

    sums = b.loop(b.index(0), depth, round_, [b.constant(0)] * (tall * vectors))
    whole = b.ir.icmp_signed("==", there, b.index(vectors * lanes))
    masks = [b.mask(b.ir.sub(there, b.index(v * lanes))) for v in range(vectors)]

    def add(place: Any, value: Any, mask: Any | None) -> None:
        old = b.select(starts, b.constant(0), b.load(place, mask))
        b.store(b.add(old, value), place, mask)

    for row in range(tall):
        with b.ir.if_then(b.ir.icmp_signed("<", b.index(row), high)):
            places = [
                b.address(c, b.ir.add(b.ir.mul(b.index(row), ldc), b.index(v * lanes)))
                for v in range(vectors)
            ]
            values = sums[row * vectors : (row + 1) * vectors]
            with b.ir.if_else(whole) as (then, otherwise):
                with then:
                    for place, value in zip(places, values, strict=True):
                        add(place, value, None)
                with otherwise:
                    for place, value, mask in zip(places, values, masks, strict=True):
                        add(place, value, mask)
    b.ir.ret_void()
    return function
