"""Loops, loads and arithmetic in LLVM's intermediate representation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir

from recurra.kernels.cpu.target import Kind

INDEX = ir.IntType(64)
POINTER = ir.PointerType()
_FLAGS = ("contract",)
"""A product and a sum may become one operation with one rounding."""


class Builder:
    """Writes one function."""

    def __init__(self, module: ir.Module, function: ir.Function, kind: Kind) -> None:
        self.module = module
        self.function = function
        self.kind = kind
        self.ir = ir.IRBuilder(function.append_basic_block("entry"))

    # Whole numbers and addresses

    def index(self, value: int) -> Any:
        """A whole number."""
        return ir.Constant(INDEX, value)

    def sum(self, *terms: Any) -> Any:
        """The sum of whole numbers."""
        total = terms[0]
        for term in terms[1:]:
            total = self.ir.add(total, term)
        return total

    def larger(self, a: Any, b: Any) -> Any:
        """The larger of two whole numbers."""
        return self.ir.select(self.ir.icmp_signed(">", a, b), a, b)

    def smaller(self, a: Any, b: Any) -> Any:
        """The smaller of two whole numbers."""
        return self.ir.select(self.ir.icmp_signed("<", a, b), a, b)

    def address(self, base: Any, offset: Any) -> Any:
        """The address of a number so many numbers behind another."""
        return self.ir.gep(base, [offset], source_etype=self.kind.scalar)

    def loop(
        self,
        start: Any,
        stop: Any,
        body: Callable[[Any, Sequence[Any]], Sequence[Any] | None],
        carried: Sequence[Any] = (),
        step: Any = 1,
    ) -> list[Any]:
        """Counts from ``start`` up to ``stop``, which may be no step at all.

        Args:
            start: The first number.
            stop: Where to stop before.
            body: Given the number and what is carried, writes a round and gives what is carried on.
            carried: What the first round is given.
            step: How far each round goes.

        Returns:
            What the last round gave.
        """
        before = self.ir.block
        head = self.function.append_basic_block("head")
        inside = self.function.append_basic_block("body")
        after = self.function.append_basic_block("after")
        self.ir.branch(head)
        self.ir.position_at_end(head)
        number = self.ir.phi(INDEX)
        number.add_incoming(start, before)
        values = [self.ir.phi(value.type) for value in carried]
        for value, first in zip(values, carried, strict=True):
            value.add_incoming(first, before)
        self.ir.cbranch(self.ir.icmp_signed("<", number, stop), inside, after)
        self.ir.position_at_end(inside)
        results = body(number, values) or ()
        far = self.index(step) if isinstance(step, int) else step
        number.add_incoming(self.ir.add(number, far), self.ir.block)
        for value, result in zip(values, results, strict=True):
            value.add_incoming(result, self.ir.block)
        self.ir.branch(head)
        self.ir.position_at_end(after)
        return list(values)

    # Vectors

    def constant(self, value: float) -> Any:
        """A number in all lanes."""
        return ir.Constant(self.kind.vector, [float(value)] * self.kind.lanes)

    def whole(self, value: int) -> Any:
        """A whole number in all lanes."""
        return ir.Constant(self.kind.integers, [value] * self.kind.lanes)

    def splat(self, scalar: Any) -> Any:
        """One number in all lanes."""
        undefined = ir.Constant(self.kind.vector, ir.Undefined)
        first = self.ir.insert_element(undefined, scalar, ir.Constant(ir.IntType(32), 0))
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), self.kind.lanes), [0] * self.kind.lanes)
        return self.ir.shuffle_vector(first, undefined, lanes)

    def shuffle(self, a: Any, b: Any, lanes: Sequence[int]) -> Any:
        """Lanes of two vectors, those of the second numbered after those of the first."""
        word = ir.IntType(32)
        return self.ir.shuffle_vector(
            a, b, ir.Constant(ir.VectorType(word, len(lanes)), [word(lane) for lane in lanes])
        )

    def mask(self, count: Any) -> Any:
        """True in the first ``count`` lanes."""
        lanes = self.kind.lanes
        numbers = ir.Constant(ir.VectorType(ir.IntType(32), lanes), list(range(lanes)))
        undefined = ir.Constant(numbers.type, ir.Undefined)
        small = self.ir.trunc(count, ir.IntType(32))
        first = self.ir.insert_element(undefined, small, ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(numbers.type, [0] * lanes)
        return self.ir.icmp_signed("<", numbers, self.ir.shuffle_vector(first, undefined, zeros))

    def load(self, address: Any, mask: Any | None = None) -> Any:
        """A vector from memory; 0 in the lanes that the mask leaves out."""
        if mask is None:
            return self.ir.load(address, align=self.kind.size, typ=self.kind.vector)
        kind = self.kind
        shape = ir.FunctionType(kind.vector, [POINTER, ir.IntType(32), kind.mask, kind.vector])
        align = ir.Constant(ir.IntType(32), kind.size)
        name = f"llvm.masked.load.{kind.suffix}.p0"
        return self.intrinsic(name, shape, [address, align, mask, self.constant(0)])

    def load_scalar(self, address: Any) -> Any:
        """One number from memory, in all lanes."""
        return self.splat(self.ir.load(address, align=self.kind.size, typ=self.kind.scalar))

    def store(self, vector: Any, address: Any, mask: Any | None = None) -> None:
        """A vector to memory, those lanes that the mask leaves in."""
        if mask is None:
            self.ir.store(vector, address, align=self.kind.size)
            return
        kind = self.kind
        shape = ir.FunctionType(ir.VoidType(), [kind.vector, POINTER, ir.IntType(32), kind.mask])
        align = ir.Constant(ir.IntType(32), kind.size)
        name = f"llvm.masked.store.{kind.suffix}.p0"
        self.intrinsic(name, shape, [vector, address, align, mask])

    def prefetch(self, address: Any) -> None:
        """Asks for a line of memory to be brought to the second cache."""
        word = ir.IntType(32)
        shape = ir.FunctionType(ir.VoidType(), [POINTER, word, word, word])
        # To be read, moderately near, data.
        self.intrinsic("llvm.prefetch.p0", shape, [address, word(0), word(2), word(1)])

    def first(self, vector: Any) -> Any:
        """The number in the first lane."""
        return self.ir.extract_element(vector, ir.Constant(ir.IntType(32), 0))

    def reduce(self, vector: Any) -> Any:
        """The sum of all lanes."""
        kind = self.kind
        shape = ir.FunctionType(kind.scalar, [kind.scalar, kind.vector])
        name = f"llvm.vector.reduce.fadd.{kind.suffix}"
        zero = ir.Constant(kind.scalar, 0.0)
        return self.intrinsic(name, shape, [zero, vector], flags=("reassoc",))

    def intrinsic(
        self, name: str, shape: ir.FunctionType, arguments: Sequence[Any], flags: Sequence[str] = ()
    ) -> Any:
        """Calls one of LLVM's own functions."""
        known = self.module.globals.get(name)
        function = known or ir.Function(self.module, shape, name)
        return self.ir.call(function, arguments, fastmath=flags)

    def of_vectors(self, name: str, *arguments: Any) -> Any:
        """One of LLVM's functions from vectors to a vector: ``fma``, ``rint``, ``sqrt``."""
        vector = self.kind.vector
        shape = ir.FunctionType(vector, [vector] * len(arguments))
        return self.intrinsic(f"llvm.{name}.{self.kind.suffix}", shape, arguments)

    def add(self, a: Any, b: Any) -> Any:
        """A + b."""
        return self.ir.fadd(a, b, flags=_FLAGS)

    def subtract(self, a: Any, b: Any) -> Any:
        """A - b."""
        return self.ir.fsub(a, b, flags=_FLAGS)

    def multiply(self, a: Any, b: Any) -> Any:
        """A times b."""
        return self.ir.fmul(a, b, flags=_FLAGS)

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """A times b plus c, rounded once."""
        return self.of_vectors("fma", a, b, c)

    def select(self, condition: Any, a: Any, b: Any) -> Any:
        """Lane by lane a where the condition holds, else b."""
        return self.ir.select(condition, a, b)

    def polynomial(self, x: Any, coefficients: Sequence[float]) -> Any:
        """A polynomial, its coefficients from the highest power down."""
        value = self.constant(coefficients[0])
        for coefficient in coefficients[1:]:
            value = self.fma(value, x, self.constant(coefficient))
        return value
