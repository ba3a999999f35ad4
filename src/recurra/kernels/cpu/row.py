"""One row times a matrix: a panel's product where a tile would wait for its own sums.

A sum can be added to only every few cycles. A tile of several rows has enough sums to fill them;
for one row the products are dealt among several sums, which are added up at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from recurra.kernels.cpu.builder import Builder
from recurra.kernels.cpu.panel import SHAPE, WIDEST
from recurra.kernels.cpu.target import Kind

_SUMS = 8
"""How many sums keep a processor busy: as many as additions start before the first is done."""


def row_name(vectors: int) -> str:
    """What the function for so many vectors in a row is called."""
    return f"row_{vectors}"


def write_rows(module: ir.Module, made: Kind) -> None:
    """Writes the functions for one to four vectors; they take what a panel takes."""
    for vectors in range(1, WIDEST + 1):
        _Row(module, made, vectors).write()


class _Row:
    def __init__(self, module: ir.Module, made: Kind, vectors: int) -> None:
        self.b = Builder(module, ir.Function(module, SHAPE, row_name(vectors)), made)
        self.lanes, self.vectors = made.lanes, vectors
        self.many = _SUMS // vectors

    def write(self) -> None:
        b, many, vectors = self.b, self.many, self.vectors
        a, lda, rows, p, depth, c, ldc, fresh = b.function.args
        is_fresh = b.ir.icmp_signed("!=", fresh, b.index(0))
        bulk = b.ir.sub(depth, b.ir.urem(depth, b.index(many)))

        def over_rows(row: Any, _: Any) -> None:
            left, target = b.address(a, b.ir.mul(row, lda)), b.address(c, b.ir.mul(row, ldc))
            sums = [b.constant(0)] * (many * vectors)
            sums = b.loop(
                b.index(0), bulk, lambda k, s: self._added(left, p, k, s), sums, step=many
            )
            first = b.loop(bulk, depth, lambda k, s: self._added(left, p, k, s), sums[:vectors])
            for v in range(vectors):
                place = b.address(target, b.index(v * self.lanes))
                old = b.select(is_fresh, b.constant(0), b.load(place))
                b.store(added_up(b, [old, first[v], *sums[vectors + v :: vectors]]), place)

        b.loop(b.index(0), rows, over_rows)
        b.ir.ret_void()

    def _added(self, a: Any, p: Any, k: Any, sums: Sequence[Any]) -> list[Any]:
        """Sums with the products of as many numbers of A as there are sums for."""
        b, found = self.b, []
        for place, total in enumerate(sums):
            turn, v = divmod(place, self.vectors)
            if v == 0:
                here = b.ir.add(k, b.index(turn))
                number = b.load_scalar(b.address(a, here))
                start = b.address(p, b.ir.mul(here, b.index(self.vectors * self.lanes)))
            found.append(b.fma(number, b.load(b.address(start, b.index(v * self.lanes))), total))
        return found


def added_up(b: Builder, sums: Sequence[Any]) -> Any:
    """The sum of vectors, taken by pairs."""
    parts = list(sums)
    while len(parts) > 1:
        parts = [*map(b.add, parts[::2], parts[1::2]), *(parts[-1:] if len(parts) % 2 else [])]
    return parts[0]
