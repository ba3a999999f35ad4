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

LAUNCH, TEAM = "launch", "team"
"""The functions that complete tables and have their script run, and that run it as one of a team.
"""

PREPARED = ("entries", "homes", "offsets", "script", "threads", "parallel")
"""What :data:`LAUNCH` is told of tables: how many entries they have; where the piece of memory of
each is told and what is added to its address; how far from the first entry the script lies, in
bytes; how many threads run it; and the pool's function that wakes them, by address."""

NOTHING, TABLES = 0, 1
"""The first two pieces of memory: none at all, for plain numbers, and the tables themselves."""

TOGETHER, DEALT = 0, 1
"""Whether all threads do parts of each job, one job after another, or the jobs are dealt out among
them, each in as many parts as there are threads for it."""

ARGUMENTS = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
"""What :data:`LAUNCH` is given: what it is told, the addresses of all pieces of memory, and where
it may complete the tables; None for the stack."""

_ASKING = ir.FunctionType(ir.IntType(32), [])
WAKING = ir.FunctionType(ir.VoidType(), [POINTER, POINTER, ir.IntType(32), ir.IntType(32)])
"""The pool's function that runs another on several threads: which, on what, on how many, and how.
"""
_RUN = ir.FunctionType(ir.VoidType(), [POINTER, INDEX, INDEX])


def write_script(module: ir.Module, made: Kind) -> None:
    """Writes both functions."""
    run = _run(module, made)
    team = ir.Function(module, ir.FunctionType(ir.VoidType(), [POINTER]), TEAM)
    b = Builder(module, team, made)
    (script,) = b.function.args
    asked = [_asked(b, script, name) for name in ("thread number", "team size")]
    b.ir.call(run, [script, *asked])
    b.ir.ret_void()
    _write_launch(module, made, run, team)


def _write_launch(module: ir.Module, made: Kind, run: Any, team: Any) -> None:
    shape = ir.FunctionType(ir.VoidType(), [POINTER, POINTER, POINTER])
    b = Builder(module, ir.Function(module, shape, LAUNCH), made)
    prepared, addresses, place = b.function.args
    told = {name: _entry(b, prepared, b.index(n)) for n, name in enumerate(PREPARED)}
    homes, offsets = (b.ir.inttoptr(told[name], POINTER) for name in ("homes", "offsets"))
    given = b.ir.ptrtoint(place, INDEX)
    is_given = b.ir.icmp_signed("!=", given, b.index(0))
    # Runs in several threads do not meet on the stack.
    own = b.ir.alloca(INDEX, b.select(is_given, b.index(0), told["entries"]))
    where = b.select(is_given, given, b.ir.ptrtoint(own, INDEX))
    table = b.ir.inttoptr(where, POINTER)

    def complete(place: Any, _: Any) -> None:
        home = _entry(b, homes, place)
        itself = b.ir.icmp_signed("==", home, b.index(TABLES))
        address = b.select(itself, where, _entry(b, addresses, home))
        entry = b.ir.add(address, _entry(b, offsets, place))
        b.ir.store(entry, b.ir.gep(table, [place], source_etype=INDEX))

    b.loop(b.index(0), told["entries"], complete)
    script = b.ir.inttoptr(b.ir.add(where, told["script"]), POINTER)
    with b.ir.if_else(b.ir.icmp_signed("==", told["threads"], b.index(1))) as (alone, several):
        with alone:
            b.ir.call(run, [script, b.index(0), b.index(1)])
        with several:
            wakes = Callee(b.ir.inttoptr(told["parallel"], POINTER), WAKING)
            number = b.ir.trunc(told["threads"], ir.IntType(32))
            b.ir.call(wakes, [team, script, number, ir.IntType(32)(0)])
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
