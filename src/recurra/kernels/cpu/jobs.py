"""Pieces of compiled work, and how they find what they work on.

A job is a function ``job(table, part, parts)``: the address of a table of whole numbers and
addresses, and which of how many equal parts of the work is to be done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llvmlite import ir

from recurra.kernels.cpu.builder import INDEX, POINTER, Builder
from recurra.kernels.cpu.target import Kind

JOB = ir.FunctionType(ir.VoidType(), [POINTER, INDEX, INDEX])


class Job:
    """Writes one job.

    Args:
        module: Where to.
        name: What the function is called.
        kind: The type of number.
        places: Where each argument lies in the table, by name.
    """

    def __init__(
        self, module: ir.Module, name: str, kind: Kind, places: Mapping[Any, int] | Sequence[Any]
    ) -> None:
        if not isinstance(places, Mapping):
            places = {argument: place for place, argument in enumerate(places)}
        self.places = places
        self.b = Builder(module, ir.Function(module, JOB, name), kind)
        self.table, self.part, self.parts = self.b.function.args

    def number(self, *key: Any) -> Any:
        """A whole number of the table."""
        place = self.places[key if len(key) > 1 else key[0]]
        address = self.b.ir.gep(self.table, [self.b.index(place)], source_etype=INDEX)
        return self.b.ir.load(address, typ=INDEX)

    def address(self, *key: Any) -> Any:
        """An address of the table."""
        return self.b.ir.inttoptr(self.number(*key), POINTER)

    def share(self, whole: Any) -> tuple[Any, Any]:
        """From where to where this part goes of so many things."""
        b = self.b
        first = b.ir.sdiv(b.ir.mul(whole, self.part), self.parts)
        after = b.ir.add(self.part, b.index(1))
        return first, b.ir.sdiv(b.ir.mul(whole, after), self.parts)


class Callee:
    """An address as a function of some shape.

    Args:
        address: The address.
        shape: What the function takes and gives.
    """

    type = POINTER

    def __init__(self, address: Any, shape: ir.FunctionType) -> None:
        self.address = address
        self.function_type = shape

    def get_reference(self) -> str:
        """How LLVM's language names it."""
        return str(self.address.get_reference())
