"""Writes the step of an optimizer, and the norm of gradients, as machine code."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from llvmlite import ir

from recurra.kernels.cpu.builder import INDEX, POINTER, Builder
from recurra.kernels.cpu.cache import kept
from recurra.kernels.cpu.target import Kind, kind
from recurra.training.optimizers.rule import MOST_NUMBERS, Rule
from recurra.training.optimizers.table import (
    BOUND,
    COLUMNS,
    COUNT,
    GRADIENT,
    NUMBERS,
    SCALE,
    SIZE,
    SQUARES,
    STATES,
    TENSORS,
    WEIGHT,
)
from recurra.training.optimizers.vectors import Vectors

_DOUBLE = ir.DoubleType()
_SHAPE = ir.FunctionType(ir.VoidType(), [POINTER])


@cache
def update(rule: Rule, number: str) -> Callable[[int], None]:
    """A step of all weights of a table, given its address.

    Args:
        rule: What a step does.
        number: The type of number, ``"float32"`` or ``"float64"``.
    """
    return _function("update", partial(_update, rule=rule), kind(number))


@cache
def squares(number: str) -> Callable[[int], None]:
    """The sums of the squares of all gradients of a table, left in it, given its address.

    They are added up in float64 and in one order.
    """
    return _function("squares", _squares, kind(number))


def _function(name: str, write: Callable[[_Pass], None], made: Kind) -> Callable[[int], None]:
    module = ir.Module(name)
    write(_Pass(module, name, made))
    text = str(module)
    # Its text is the code's name: what is written otherwise is other code.
    code = kept(f"{name} {hashlib.sha256(text.encode()).hexdigest()}", lambda: text)
    function: Callable[[int], None] = code.function(name, [ctypes.c_void_p])
    return function


class _Pass:
    """A function of a table that goes over its tensors."""

    def __init__(self, module: ir.Module, name: str, made: Kind) -> None:
        self.b = Builder(module, ir.Function(module, _SHAPE, name), made)
        (self.table,) = self.b.function.args
        self.tensors = self.b.ir.load(self._at(self.b.index(TENSORS)), typ=INDEX)

    def _at(self, place: Any) -> Any:
        return self.b.ir.gep(self.table, [place], source_etype=INDEX)

    def number(self, place: int) -> Any:
        """A number of the table, in all lanes."""
        b = self.b
        value = b.ir.load(self._at(b.index(place)), typ=_DOUBLE)
        return b.splat(value if b.kind.size == 8 else b.ir.fptrunc(value, b.kind.scalar))

    def place(self, column: int, tensor: Any) -> Any:
        """The place of a tensor in a column."""
        b = self.b
        before = b.ir.mul(self.tensors, b.index(column))
        return self._at(b.sum(b.index(COLUMNS), before, tensor))

    def pointer(self, column: int, tensor: Any) -> Any:
        """An address of the table."""
        return self.b.ir.load(self.place(column, tensor), typ=POINTER)

    def over_tensors(self, write: Callable[[Any], None]) -> None:
        """Goes over the tensors."""
        self.b.loop(self.b.index(0), self.tensors, lambda tensor, _: write(tensor))
        self.b.ir.ret_void()

    def over_numbers(
        self,
        tensor: Any,
        write: Callable[[Any, Any, Sequence[Any]], Sequence[Any]],
        carried: Sequence[Any] = (),
    ) -> list[Any]:
        """Goes over a tensor's numbers, a vector at a time, the last of which may be masked."""
        b = self.b
        size = b.ir.load(self.place(SIZE, tensor), typ=INDEX)
        whole = b.ir.and_(size, b.index(-b.kind.lanes))

        def last(start: Any, values: Sequence[Any]) -> Sequence[Any]:
            return write(start, b.mask(b.ir.sub(size, start)), values)

        carried = b.loop(
            b.index(0), whole, lambda *given: write(given[0], None, given[1]), carried, b.kind.lanes
        )
        return b.loop(whole, size, last, carried, b.kind.lanes)

    def bounded(self, gradient: Any, bound: Any) -> Any:
        """A gradient between the bounds; what is no number stays none."""
        b = self.b
        least = b.ir.fneg(bound)
        gradient = b.select(b.ir.fcmp_ordered(">", gradient, bound), bound, gradient)
        return b.select(b.ir.fcmp_ordered("<", gradient, least), least, gradient)


def _update(p: _Pass, rule: Rule) -> None:
    b, vectors = p.b, Vectors(p.b)
    bound, scale = p.number(BOUND), p.number(SCALE)
    numbers = [p.number(NUMBERS + place) for place in range(MOST_NUMBERS)]

    def over(tensor: Any) -> None:
        gradient, weight = p.pointer(GRADIENT, tensor), p.pointer(WEIGHT, tensor)
        states = [p.pointer(STATES + place, tensor) for place in range(len(rule.states))]

        def step(start: Any, mask: Any, _: Sequence[Any]) -> Sequence[Any]:
            places = [b.address(base, start) for base in (weight, *states)]
            w, *former = (b.load(place, mask) for place in places)
            g = p.bounded(b.load(b.address(gradient, start), mask), bound)
            results = rule.equations(vectors, w, b.ir.fmul(g, scale), former, numbers)
            for value, place in zip(results, places, strict=True):
                b.store(value, place, mask)
            return ()

        p.over_numbers(tensor, step)
        if rule.counting == "all":
            _count(b, p.pointer(COUNT, tensor))

    p.over_tensors(over)


def _count(b: Builder, address: Any) -> None:
    number = ir.FloatType()
    taken = b.ir.load(address, typ=number)
    b.ir.store(b.ir.fadd(taken, ir.Constant(number, 1.0)), address)


def _squares(p: _Pass) -> None:
    b = p.b
    bound = p.number(BOUND)
    wide = Kind("float64", b.kind.lanes)

    def over(tensor: Any) -> None:
        gradient = p.pointer(GRADIENT, tensor)

        def add(start: Any, mask: Any, totals: Sequence[Any]) -> Sequence[Any]:
            g = p.bounded(b.load(b.address(gradient, start), mask), bound)
            g = g if b.kind.size == 8 else b.ir.fpext(g, wide.vector)
            return (b.add(totals[0], b.multiply(g, g)),)

        (total,) = p.over_numbers(tensor, add, [ir.Constant(wide.vector, [0.0] * wide.lanes)])
        b.ir.store(_sum(b, total, wide), p.place(SQUARES, tensor))

    p.over_tensors(over)


def _sum(b: Builder, vector: Any, made: Kind) -> Any:
    shape = ir.FunctionType(made.scalar, [made.scalar, made.vector])
    zero = ir.Constant(made.scalar, 0.0)
    name = f"llvm.vector.reduce.fadd.{made.suffix}"
    return b.intrinsic(name, shape, [zero, vector], flags=("reassoc",))
