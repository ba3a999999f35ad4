"""Philox in vectors: the numbers of :mod:`recurra.kernels.philox`, drawn where they are needed.

A counter gives four words, for four units side by side. As many counters as a vector has lanes are
taken at once, and their words brought into the order of the units.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from recurra.kernels.cpu.builder import INDEX, POINTER, Builder
from recurra.kernels.cpu.target import Kind
from recurra.kernels.philox import MULTIPLIERS, ROUNDS, WEYL

DRAW = "draw"

SHAPE = ir.FunctionType(ir.VoidType(), [POINTER, INDEX, INDEX, INDEX, INDEX, INDEX, INDEX])
"""Where to, how many, the step, the row, what for, and both words of the seed."""

_WORD = 32
_BITS = 24
"""Of each word so many are used: as many as float32 can tell apart between 0 and 1."""


def write_chance(module: ir.Module, made: Kind) -> None:
    """Writes the function that draws a row of numbers."""
    b = Builder(module, ir.Function(module, SHAPE, DRAW), made)
    target, width, step, row, use, low, high = b.function.args
    words = _Words(b)
    # A vector of words is as many counters.
    counters = words.lanes
    first = ir.Constant(words.vector, list(range(counters)))

    def over_counters(number: Any, _: Any) -> None:
        block = b.ir.add(words.spread(number), first)
        drawn = words.philox(
            [block, words.spread(step), words.spread(row), words.spread(use)], low, high
        )
        place = b.ir.mul(number, b.index(4))
        for group, vector in enumerate(words.in_order(drawn)):
            words.store(vector, target, b.ir.add(place, b.index(group * counters)), width)

    count = b.ir.sdiv(b.ir.add(width, b.index(3)), b.index(4))
    b.loop(b.index(0), count, over_counters, step=counters)
    b.ir.ret_void()


class _Words:
    """Vectors of words of 32 bits, as many as there are numbers of 32 bits in a vector."""

    def __init__(self, b: Builder) -> None:
        self.b = b
        self.lanes = b.kind.lanes * b.kind.size // 4
        self.word = ir.IntType(_WORD)
        self.vector = ir.VectorType(self.word, self.lanes)
        self.double = ir.VectorType(INDEX, self.lanes)

    def spread(self, value: Any) -> Any:
        """The lower word of a whole number in all lanes."""
        small = self.b.ir.trunc(value, self.word)
        undefined = ir.Constant(self.vector, ir.Undefined)
        first = self.b.ir.insert_element(undefined, small, self.word(0))
        return self.b.ir.shuffle_vector(
            first, undefined, ir.Constant(self.vector, [0] * self.lanes)
        )

    def constant(self, value: int) -> Any:
        return ir.Constant(self.vector, [value] * self.lanes)

    def halves(self, a: Any, factor: int) -> tuple[Any, Any]:
        """The upper and the lower word of a product."""
        b = self.b.ir
        wide = ir.Constant(self.double, [factor] * self.lanes)
        product = b.mul(b.zext(a, self.double), wide)
        shift = ir.Constant(self.double, [_WORD] * self.lanes)
        return b.trunc(b.lshr(product, shift), self.vector), b.trunc(product, self.vector)

    def philox(self, counter: Sequence[Any], low: Any, high: Any) -> list[Any]:
        """Philox4x32-10 of as many counters as there are lanes."""
        b = self.b.ir
        first, second = self.spread(low), self.spread(high)
        a, x, c, y = counter
        for _ in range(ROUNDS):
            upper, lower = self.halves(a, MULTIPLIERS[0])
            over, under = self.halves(c, MULTIPLIERS[1])
            a, x, c, y = b.xor(b.xor(over, x), first), under, b.xor(b.xor(upper, y), second), lower
            first = b.add(first, self.constant(WEYL[0]))
            second = b.add(second, self.constant(WEYL[1]))
        return [a, x, c, y]

    def in_order(self, drawn: Sequence[Any]) -> list[Any]:
        """Four vectors of words, the four of each counter side by side."""
        n = self.lanes
        pairs = [self._interleaved(drawn[0], drawn[2]), self._interleaved(drawn[1], drawn[3])]
        return [
            vector
            for half in range(2)
            for vector in self._interleaved(pairs[0][half], pairs[1][half])
        ] if n > 1 else [*drawn]  # fmt: skip

    def _interleaved(self, a: Any, b: Any) -> tuple[Any, Any]:
        n = self.lanes
        order = [lane // 2 + n * (lane % 2) for lane in range(2 * n)]
        first, second = (
            self.b.ir.shuffle_vector(a, b, ir.Constant(self.vector, part))
            for part in (order[:n], order[n:])
        )
        return first, second

    def store(self, words: Any, target: Any, place: Any, width: Any) -> None:
        """Stores words as numbers from 0 up to but not 1, those that are within the width."""
        b = self.b
        kept = b.ir.lshr(words, self.constant(_WORD - _BITS))
        each = b.kind.lanes
        for part in range(self.lanes // each):
            lanes = [part * each + lane for lane in range(each)]
            piece = b.shuffle(kept, kept, lanes) if each < self.lanes else kept
            numbers = b.multiply(b.ir.sitofp(piece, b.kind.vector), b.constant(2.0**-_BITS))
            at = b.ir.add(place, b.index(part * each))
            b.store(numbers, b.address(target, at), b.mask(b.ir.sub(width, at)))
