"""The fused multiply-adds that the processor does in a second, measured."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from functools import cache

import llvmlite.binding as llvm
from llvmlite import ir

from recurra.kernels.cpu.target import target

ACCUMULATORS = 12
"""As many sums that do not wait for each other as hide the time that one addition takes, and as fit
sixteen registers with the two numbers that are multiplied."""

TURNS = 50_000_000
REPEATS = 9


@cache
def peak(threads: int) -> float:
    """Floating point operations a second in float32, by so many threads at once.

    The best of several tries; a multiply-add is two operations.
    """
    return max(_rate(threads) for _ in range(REPEATS))


def _rate(threads: int) -> float:
    loop = _compiled()
    barrier = threading.Barrier(threads + 1)

    def work() -> None:
        loop(1000)
        barrier.wait()
        # ctypes lets go of Python's lock, so that the threads run at once.
        loop(TURNS)
        barrier.wait()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    barrier.wait()
    start = time.perf_counter()
    barrier.wait()
    seconds = time.perf_counter() - start
    for worker in workers:
        worker.join()
    return 2.0 * ACCUMULATORS * (target().bits // 32) * TURNS * threads / seconds


@cache
def _engine() -> llvm.ExecutionEngine:
    """Holds the code; it must outlive the functions that it gives out."""
    found = target()
    module = llvm.parse_assembly(str(_loop(found.bits // 32)))
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=found.name, features=found.features, opt=3
    )
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return engine


def _compiled() -> Callable[[int], float]:
    address = _engine().get_function_address("loop")
    return ctypes.CFUNCTYPE(ctypes.c_float, ctypes.c_int64)(address)


def _loop(lanes: int) -> ir.Module:
    """``turns`` times: each sum becomes itself times a number plus a number."""
    single, count = ir.FloatType(), ir.IntType(64)
    vector = ir.VectorType(single, lanes)
    module = ir.Module("peak")
    function = ir.Function(module, ir.FunctionType(single, [count]), "loop")
    fma = ir.Function(module, ir.FunctionType(vector, [vector] * 3), f"llvm.fma.v{lanes}f32")
    entry, body, end = (function.append_basic_block(name) for name in ("entry", "body", "end"))
    builder = ir.IRBuilder(entry)
    builder.branch(body)
    builder.position_at_end(body)
    turn = builder.phi(count)
    sums = [builder.phi(vector) for _ in range(ACCUMULATORS)]
    factor, term = ir.Constant(vector, [0.5] * lanes), ir.Constant(vector, [1.0] * lanes)
    following = [builder.call(fma, [value, factor, term]) for value in sums]
    after = builder.add(turn, count(1))
    for phi, start, value in zip(
        [turn, *sums],
        [count(0), *(ir.Constant(vector, [float(n)] * lanes) for n in range(ACCUMULATORS))],
        [after, *following],
        strict=True,
    ):
        phi.add_incoming(start, entry)
        phi.add_incoming(value, body)
    builder.cbranch(builder.icmp_signed("<", after, function.args[0]), body, end)
    builder.position_at_end(end)
    total = following[0]
    for value in following[1:]:
        total = builder.fadd(total, value)
    builder.ret(builder.extract_element(total, ir.IntType(32)(0)))
    return module
