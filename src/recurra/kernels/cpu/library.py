"""The code that all cells share, for one type of number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from llvmlite import ir

from recurra.kernels.cpu import chance, copying, dense, multiply, outer, packing, script, turn
from recurra.kernels.cpu.cache import kept
from recurra.kernels.cpu.code import Code
from recurra.kernels.cpu.panel import WIDEST, panel_name, write_panels
from recurra.kernels.cpu.row import row_name, write_rows
from recurra.kernels.cpu.target import Kind, kind

_JOBS = (
    packing.NAME,
    multiply.NAME,
    outer.NAME,
    copying.COPY,
    copying.ADD,
    copying.GATHER,
    chance.DRAW,
    dense.DENSE,
    turn.COUNT,
    turn.TURN,
    script.TEAM,
    *(panel_name(vectors) for vectors in range(1, WIDEST + 1)),
    *(row_name(vectors) for vectors in range(1, WIDEST + 1)),
)


@dataclass(frozen=True)
class Library:
    """Functions by address.

    Attributes:
        kind: The type of number.
        code: What they lie in.
        addresses: Where each starts, by name.
        launch: :data:`script.LAUNCH`, and lets Python's other threads run meanwhile.
    """

    kind: Kind
    code: Code
    addresses: Mapping[str, int]
    launch: Any


@cache
def library(number: str) -> Library:
    """The functions for a type of number."""
    made = kind(number)
    code = kept(f"library {number}", lambda: str(_module(made)))
    addresses = {name: code.address(name) for name in _JOBS}
    return Library(made, code, addresses, code.function(script.LAUNCH, script.ARGUMENTS))


def _module(made: Kind) -> ir.Module:
    module = ir.Module("library")
    write_panels(module, made)
    write_rows(module, made)
    packing.write_packing(module, made)
    multiply.write_multiply(module, made)
    outer.write_outer(module, made)
    copying.write_copying(module, made)
    chance.write_chance(module, made)
    dense.write_dense(module, made)
    script.write_script(module, made)
    turn.write_turn(module, made)
    return module
