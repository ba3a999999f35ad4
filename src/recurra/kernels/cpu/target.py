"""The processor at hand: what it can do and how wide its vectors are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import llvmlite.binding as llvm
from llvmlite import ir


@dataclass(frozen=True)
class Target:
    """What code is made for.

    Attributes:
        name: LLVM's name of the processor.
        features: What it can do, as LLVM writes it.
        bits: How wide its vectors are.
    """

    name: str
    features: str
    bits: int


@cache
def target() -> Target:
    """The processor at hand."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    name, found = llvm.get_host_cpu_name(), llvm.get_host_cpu_features()
    # Where LLVM itself holds wide vectors for slower than they are worth, it is believed.
    wide = found.get("avx512f", False) and found.get("avx512vl", False) and _is_fast(name)
    bits = 512 if wide else 256 if found.get("avx2") and found.get("fma") else 128
    extra = ",-prefer-256-bit" if wide else ""
    return Target(name, found.flatten() + extra, bits)


def _is_fast(name: str) -> bool:
    """Whether 512 bits at once are as quick as LLVM takes them to be on such a processor."""
    narrow = ("skylake-avx512", "cascadelake", "cooperlake", "cannonlake", "icelake", "rocketlake")
    return not name.startswith(narrow)


@dataclass(frozen=True)
class Kind:
    """A type of number, in the vectors of a target.

    Attributes:
        name: ``"float32"`` or ``"float64"``.
        lanes: How many fit a vector.
    """

    name: str
    lanes: int

    @property
    def size(self) -> int:
        """The bytes of one."""
        return 4 if self.name == "float32" else 8

    @property
    def registers(self) -> int:
        """How many vectors the processor holds at once."""
        return 32 if self.lanes * self.size == 64 else 16

    @property
    def masks_are_fast(self) -> bool:
        """Whether storing part of a vector costs no more than all of it."""
        return self.lanes * self.size == 64

    @property
    def scalar(self) -> ir.Type:
        """One number."""
        return ir.FloatType() if self.size == 4 else ir.DoubleType()

    @property
    def vector(self) -> ir.Type:
        """A vector of them."""
        return ir.VectorType(self.scalar, self.lanes)

    @property
    def integers(self) -> ir.Type:
        """A vector of whole numbers of the same size."""
        return ir.VectorType(ir.IntType(8 * self.size), self.lanes)

    @property
    def mask(self) -> ir.Type:
        """A vector of truth values."""
        return ir.VectorType(ir.IntType(1), self.lanes)

    @property
    def suffix(self) -> str:
        """How intrinsics of its vectors are called."""
        return f"v{self.lanes}f{8 * self.size}"


def kind(name: str) -> Kind:
    """A type of number in the vectors of the processor at hand."""
    return Kind(name, target().bits // (32 if name == "float32" else 64))
