"""One step of a stream: two scripts by turns, each of which reads the states that the other wrote.

The function is called for every step, so it does all there is to do but to find the input.
"""

from __future__ import annotations

import ctypes
from typing import Any

from llvmlite import ir

from recurra.kernels.cpu.builder import INDEX, POINTER, Builder
from recurra.kernels.cpu.jobs import Callee, Job
from recurra.kernels.cpu.script import WAKING
from recurra.kernels.cpu.target import Kind

TURN = "turn"

CONTROL = ("turn", "script", "other script", "x", "numbers", "threads", "parallel", "team")
"""What a stream's own table holds: whether the other script's turn is next, both scripts, where
they read the input and of how many numbers it is; and how many threads run them, with the
functions of the pool if it is more than one."""

ARGUMENTS = (ctypes.c_void_p, ctypes.c_void_p)
"""The table's address, and that of the input."""

COUNT = "count"

COUNT_TABLE = ("counts", "numbers", "rows")
"""``numbers`` becomes what was counted so far, as numbers of the kind, and each count one more."""


def write_turn(module: ir.Module, made: Kind) -> None:
    """Writes the function and the job; the function that runs scripts is there."""
    _write_turn(module, made)
    _write_count(module, made)


def _write_turn(module: ir.Module, made: Kind) -> None:
    shape = ir.FunctionType(ir.VoidType(), [POINTER, POINTER])
    b = Builder(module, ir.Function(module, shape, TURN), made)
    control, x = b.function.args

    def place(name: str) -> Any:
        return b.ir.gep(control, [b.index(CONTROL.index(name))], source_etype=INDEX)

    def entry(name: str) -> Any:
        return b.ir.load(place(name), typ=INDEX)

    _copy(b, x, b.ir.inttoptr(entry("x"), POINTER), entry("numbers"))
    turn, threads = entry("turn"), entry("threads")
    is_other = b.ir.icmp_signed("!=", turn, b.index(0))
    script = b.ir.select(is_other, entry("other script"), entry("script"))
    script = b.ir.inttoptr(script, POINTER)
    b.ir.store(b.ir.sub(b.index(1), turn), place("turn"))
    with b.ir.if_else(b.ir.icmp_signed("==", threads, b.index(1))) as (alone, several):
        with alone:
            b.ir.call(module.globals["run"], [script, b.index(0), b.index(1)])
        with several:
            parallel = Callee(b.ir.inttoptr(entry("parallel"), POINTER), WAKING)
            team, word = b.ir.inttoptr(entry("team"), POINTER), ir.IntType(32)
            b.ir.call(parallel, [team, script, b.ir.trunc(threads, word), word(0)])
    b.ir.ret_void()


def _copy(b: Builder, source: Any, target: Any, count: Any) -> None:
    def at(k: Any, _: Any) -> None:
        mask = b.mask(b.ir.sub(count, k))
        b.store(b.load(b.address(source, k), mask), b.address(target, k), mask)

    b.loop(b.index(0), count, at, step=b.kind.lanes)


def _write_count(module: ir.Module, made: Kind) -> None:
    job = Job(module, COUNT, made, COUNT_TABLE)
    b = job.b
    first, last = job.share(job.number("rows"))

    def over_rows(row: Any, _: Any) -> None:
        place = b.ir.gep(job.address("counts"), [row], source_etype=INDEX)
        count = b.ir.load(place, typ=INDEX)
        number = b.ir.sitofp(count, made.scalar)
        b.ir.store(number, b.address(job.address("numbers"), row))
        b.ir.store(b.ir.add(count, b.index(1)), place)

    b.loop(first, last, over_rows)
    b.ir.ret_void()
