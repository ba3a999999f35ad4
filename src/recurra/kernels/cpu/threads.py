"""Compiled code on the threads of the pool that torch uses.

Where the pool's functions are not found, the calling thread does everything.
"""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch

_LEAST_WORK = 400_000
"""The multiplications and additions below which waking other threads costs more than it gains."""


@dataclass(frozen=True)
class _Pool:
    """Functions of the pool.

    Attributes:
        team: Runs a function on several threads.
        number: The address of the one that tells a thread its number.
        size: The address of the one that tells it how many there are.
        barrier: The address of the one in which all threads wait for each other.
    """

    team: Any
    number: int
    size: int
    barrier: int


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
            names = ("omp_get_thread_num", "omp_get_num_threads", "GOMP_barrier")
            found = [ctypes.cast(getattr(library, name), ctypes.c_void_p).value for name in names]
        except (OSError, AttributeError):
            continue
        team.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint]
        team.restype = None
        return _Pool(team, *(address or 0 for address in found))
    return None


def count(work: float) -> int:
    """How many threads some work is done by.

    Args:
        work: Its multiplications and additions.
    """
    if work < _LEAST_WORK or _pool() is None:
        return 1
    return torch.get_num_threads()


def said() -> str:
    """How many threads there are, in words."""
    if _pool() is None:
        return "one thread, since torch's pool of threads was not found"
    most = torch.get_num_threads()
    return "one thread" if most == 1 else f"up to {most} threads"


def header(phases: int) -> tuple[int, ...]:
    """What a script begins with."""
    pool = _pool()
    functions = (0, 0, 0) if pool is None else (pool.number, pool.size, pool.barrier)
    return (*functions, phases)


def barrier() -> int:
    """The address of the function in which all threads wait for each other; 0 without a pool."""
    pool = _pool()
    return 0 if pool is None else pool.barrier


def parallel() -> int:
    """The address of the function that runs another on several threads; 0 without a pool."""
    pool = _pool()
    return 0 if pool is None else ctypes.cast(pool.team, ctypes.c_void_p).value or 0
