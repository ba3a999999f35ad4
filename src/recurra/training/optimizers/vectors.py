"""Equations on vectors of compiled code."""

from __future__ import annotations

from typing import Any

from recurra.kernels.cpu.builder import Builder


class Vectors:
    """Arithmetic that is written as code.

    Args:
        b: Where to.
    """

    def __init__(self, b: Builder) -> None:
        self.b = b

    def add(self, a: Any, b: Any) -> Any:
        """A + b."""
        return self.b.ir.fadd(a, b)

    def subtract(self, a: Any, b: Any) -> Any:
        """A - b."""
        return self.b.ir.fsub(a, b)

    def multiply(self, a: Any, b: Any) -> Any:
        """A times b."""
        return self.b.ir.fmul(a, b)

    def divide(self, a: Any, b: Any) -> Any:
        """A / b."""
        return self.b.ir.fdiv(a, b)

    def add_product(self, a: Any, b: Any, c: Any) -> Any:
        """A + b c, rounded once."""
        return self.b.fma(b, c, a)

    def root(self, a: Any) -> Any:
        """The square root."""
        return self.b.of_vectors("sqrt", a)
