"""Compiled code on the threads of the pool that torch uses.

The code of a team's members is called with its table alone and asks for its own number. Where the
pool's functions are not found, one thread does everything.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from llvmlite import ir

from recurra.kernels.cpu.builder import INDEX, POINTER, Builder
from recurra.kernels.cpu.target import Kind

_LEAST_WORK = 200_000
"""The multiplications and additions below which waking other threads costs more than it gains."""


HEADER = ("thread number", "team size", "threads")
"""What a table begins with: two functions of the pool, by address, and the parts of the work."""

_ASKING = ir.FunctionType(ir.IntType(32), [])


@dataclass(frozen=True)
class _Pool:
    """Functions of the pool.

    Attributes:
        team: Runs a function on several threads.
        number: The address of the one that tells a thread its number.
        size: The address of the one that tells it how many there are.
    """

    team: Any
    number: int
    size: int


@cache
def _pool() -> _Pool | None:
    """The pool that torch uses, if it is found."""
    if not sys.platform.startswith("linux"):
        return None
    folder = Path(torch.__file__).parent / "lib"
    for file in sorted(folder.glob("libgomp*.so*")) or [Path("libgomp.so.1")]:
        try:
            library = ctypes.CDLL(str(file))
            team = library.GOMP_parallel
            number, size = (
                ctypes.cast(function, ctypes.c_void_p).value or 0
                for function in (library.omp_get_thread_num, library.omp_get_num_threads)
            )
        except (OSError, AttributeError):
            continue
        team.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint]
        team.restype = None
        return _Pool(team, number, size)
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


def header(threads: int) -> tuple[int, ...]:
    """What a table begins with, for work cut into so many parts."""
    pool = _pool()
    return (0, 0, threads) if pool is None else (pool.number, pool.size, threads)


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
        pool.team(team, table, threads, 0)


def on_threads(module: ir.Module, function: ir.Function, made: Kind) -> None:
    """Writes ``NAME_team(table)``, which calls a function with the number of its thread.

    The table begins with :data:`HEADER`. A pool may lend fewer threads than were asked for, one
    alone within work that it does already: then each does the parts of several.
    """
    shape = ir.FunctionType(ir.VoidType(), [POINTER])
    team = ir.Function(module, shape, f"{function.name}_team")
    b = Builder(module, team, made)
    (table,) = team.args

    def argument(name: str) -> Any:
        place = b.ir.gep(table, [b.index(HEADER.index(name))], source_etype=INDEX)
        return b.ir.load(place, typ=INDEX)

    def asked(name: str) -> Any:
        callee = Callee(b.ir.inttoptr(argument(name), POINTER), _ASKING)
        return b.ir.zext(b.ir.call(callee, []), INDEX)

    def part(number: Any, _: Any) -> None:
        b.ir.call(function, [table, number])

    b.loop(asked("thread number"), argument("threads"), part, step=asked("team size"))
    b.ir.ret_void()


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
