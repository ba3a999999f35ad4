"""Jobs in order, run by a team of threads in one go.

A script is a table: :data:`HEADER`, then for each phase whether its jobs are dealt out, how many
there are, and the address and table of each. All threads meet at the end of a phase.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from recurra.kernels.cpu.builder import INDEX, POINTER, Builder
from recurra.kernels.cpu.emit import BARRIER
from recurra.kernels.cpu.jobs import JOB, Callee
from recurra.kernels.cpu.target import Kind

HEADER = ("thread number", "team size", "barrier", "phases")
"""Three functions of the pool, by address, and how many phases there are."""

ALONE, TEAM = "alone", "team"
"""The functions that run a script on the calling thread, and as one of a team."""

TOGETHER, DEALT = 0, 1
"""Whether all threads do parts of each job, one job after another, or the jobs are dealt out among
them, each in as many parts as there are threads for it."""

ADDRESS = ctypes.c_void_p
"""What both are given: where a script lies."""

_ASKING = ir.FunctionType(ir.IntType(32), [])
_RUN = ir.FunctionType(ir.VoidType(), [POINTER, INDEX, INDEX])


def write_script(module: ir.Module, made: Kind) -> None:
    """Writes both functions."""
    run = _run(module, made)
    shape = ir.FunctionType(ir.VoidType(), [POINTER])
    b = Builder(module, ir.Function(module, shape, ALONE), made)
    b.ir.call(run, [b.function.args[0], b.index(0), b.index(1)])
    b.ir.ret_void()
    b = Builder(module, ir.Function(module, shape, TEAM), made)
    (script,) = b.function.args
    asked = [_asked(b, script, name) for name in ("thread number", "team size")]
    b.ir.call(run, [script, *asked])
    b.ir.ret_void()


def _entry(b: Builder, script: Any, place: Any) -> Any:
    return b.ir.load(b.ir.gep(script, [place], source_etype=INDEX), typ=INDEX)


def _function(b: Builder, script: Any, name: str) -> Any:
    return b.ir.inttoptr(_entry(b, script, b.index(HEADER.index(name))), POINTER)


def _asked(b: Builder, script: Any, name: str) -> Any:
    return b.ir.zext(b.ir.call(Callee(_function(b, script, name), _ASKING), []), INDEX)


def _run(module: ir.Module, made: Kind) -> ir.Function:
    """All phases, as the thread of a number in a team of a size."""
    function = ir.Function(module, _RUN, "run")
    function.linkage = "internal"
    b = Builder(module, function, made)
    script, thread, size = function.args
    several = b.ir.icmp_signed(">", size, b.index(1))
    phases = _entry(b, script, b.index(HEADER.index("phases")))

    def phase(_: Any, carried: Sequence[Any]) -> list[Any]:
        (place,) = carried
        dealt = _entry(b, script, place)
        count = _entry(b, script, b.ir.add(place, b.index(1)))
        jobs = b.ir.add(place, b.index(2))
        # Dealt out, each job has so many threads; otherwise all of them.
        share = b.ir.sdiv(b.ir.sub(b.ir.add(size, count), b.index(1)), count)
        is_dealt = b.ir.icmp_signed("==", dealt, b.index(DEALT))
        parts = b.select(is_dealt, share, size)
        pieces = b.select(is_dealt, b.ir.mul(count, share), count)
        first = b.select(is_dealt, thread, b.index(0))
        step = b.select(is_dealt, size, b.index(1))

        def piece(number: Any, _: Any) -> None:
            job = b.select(is_dealt, b.ir.srem(number, count), number)
            part = b.select(is_dealt, b.ir.sdiv(number, count), thread)
            where = b.ir.add(jobs, b.ir.mul(job, b.index(2)))
            address = b.ir.inttoptr(_entry(b, script, where), POINTER)
            table = b.ir.inttoptr(_entry(b, script, b.ir.add(where, b.index(1))), POINTER)
            b.ir.call(Callee(address, JOB), [table, part, parts])

        b.loop(first, pieces, piece, step=step)
        with b.ir.if_then(several):
            b.ir.call(Callee(_function(b, script, "barrier"), BARRIER), [])
        return [b.ir.add(jobs, b.ir.mul(count, b.index(2)))]

    b.loop(b.index(0), phases, phase, [b.index(len(HEADER))])
    b.ir.ret_void()
    return function
