"""Compiled code on the threads of the pool that torch uses.

The code of a team's members is called with its table alone and asks for its own number. Where the
pool's functions are not found, one thread does everything.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import torch
from llvmlite import ir

from recurra.kernels.cpu.builder import INDEX, POINTER

_LEAST_WORK = 200_000
"""The multiplications and additions below which waking other threads costs more than it gains."""


@cache
def _pool() -> tuple[Any, int] | None:
    """The pool's function that runs a team, and the address of the one that numbers its members."""
    if not sys.platform.startswith("linux"):
        return None
    folder = Path(torch.__file__).parent / "lib"
    for file in sorted(folder.glob("libgomp*.so*")) or [Path("libgomp.so.1")]:
        try:
            library = ctypes.CDLL(str(file))
            team = library.GOMP_parallel
            number = ctypes.cast(library.omp_get_thread_num, ctypes.c_void_p).value
        except (OSError, AttributeError):
            continue
        team.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint]
        team.restype = None
        return team, int(number or 0)
    return None


def count(rows: int, work: float) -> int:
    """How many threads some work is done by.

    Args:
        rows: Into how many parts it can be cut.
        work: Its multiplications and additions.
    """
    if _pool() is None or work < _LEAST_WORK:
        return 1
    return max(1, min(torch.get_num_threads(), rows))


def said() -> str:
    """How many threads there are, in words."""
    if _pool() is None:
        return "one thread, since torch's pool of threads was not found"
    most = torch.get_num_threads()
    return "one thread" if most == 1 else f"up to {most} threads"


def numbering() -> int:
    """The address of the function that tells a thread its number; 0 if there is none."""
    pool = _pool()
    return 0 if pool is None else pool[1]


def run(one: Callable[[int, int], None], team: int, table: int, threads: int) -> None:
    """Runs compiled code.

    Args:
        one: The function of a table and a thread's number.
        team: The address of the function of a table alone, which asks for its number.
        table: The address of the table.
        threads: How many threads run it.
    """
    pool = _pool()
    if threads == 1 or pool is None:
        one(table, 0)
    else:
        pool[0](team, table, threads, 0)


def on_threads(module: ir.Module, function: ir.Function) -> None:
    """Writes ``NAME_team(table)``, which calls a function with the number of its thread.

    The first word of the table is the address of the function that gives the number.
    """
    shape = ir.FunctionType(ir.VoidType(), [POINTER])
    team = ir.Function(module, shape, f"{function.name}_team")
    build = ir.IRBuilder(team.append_basic_block("entry"))
    (table,) = team.args
    address = build.inttoptr(build.load(table, typ=INDEX), POINTER)
    number = build.call(Callee(address, ir.FunctionType(ir.IntType(32), [])), [])
    build.call(function, [table, build.zext(number, INDEX)])
    build.ret_void()


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
