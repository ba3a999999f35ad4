"""A dense layer on what a step gives: each output the product of a row of weights and a row of x.

Weights lie as torch has them, (outputs, depth), so that both sides of each product stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from recurra.kernels.cpu.builder import Builder
from recurra.kernels.cpu.jobs import Job
from recurra.kernels.cpu.row import added_up
from recurra.kernels.cpu.target import Kind

DENSE = "dense"

DENSE_TABLE = ("x", "x by row", "rows", "depth", "weight", "bias", "outputs", "target")
"""``target`` (rows, outputs) becomes x (rows, depth) times the transposed weight, and the bias."""

_TOGETHER = 4
"""The outputs that are computed at once, and the sums of one that is computed alone."""


def write_dense(module: ir.Module, made: Kind) -> None:
    """Writes the job; its parts are outputs, several at once."""
    job = Job(module, DENSE, made, DENSE_TABLE)
    b = job.b
    outputs, rows, depth = (job.number(name) for name in ("outputs", "rows", "depth"))
    whole = b.ir.sdiv(outputs, b.index(_TOGETHER))
    # What is left over is the last part's, so that no number depends on how many parts there are.
    first, last = (b.ir.mul(end, b.index(_TOGETHER)) for end in job.share(whole))
    is_last = b.ir.icmp_signed("==", b.ir.add(job.part, b.index(1)), job.parts)
    end = b.select(is_last, outputs, last)

    def block(output: Any, count: int) -> None:
        weights = [
            b.address(job.address("weight"), b.ir.mul(b.ir.add(output, b.index(n)), depth))
            for n in range(count)
        ]

        def over_rows(row: Any, _: Any) -> None:
            x = b.address(job.address("x"), b.ir.mul(row, job.number("x by row")))
            target = b.address(job.address("target"), b.ir.mul(row, outputs))
            for n, total in enumerate(_products(b, x, weights, depth)):
                place = b.ir.add(output, b.index(n))
                bias = b.ir.load(b.address(job.address("bias"), place), typ=made.scalar)
                b.ir.store(b.ir.fadd(b.reduce(total), bias), b.address(target, place))

        b.loop(b.index(0), rows, over_rows)

    b.loop(first, last, lambda output, _: block(output, _TOGETHER), step=_TOGETHER)
    b.loop(last, end, lambda output, _: block(output, 1))
    b.ir.ret_void()


def _products(b: Builder, x: Any, weights: Sequence[Any], depth: Any) -> list[Any]:
    """For each row of weights vectors whose lanes add up to its product with x."""
    lanes, many = b.kind.lanes, _TOGETHER // len(weights)
    far = lanes * many
    bulk = b.ir.sub(depth, b.ir.urem(depth, b.index(far)))

    def whole(k: Any, sums: Sequence[Any]) -> list[Any]:
        found = []
        for turn in range(many):
            here = b.ir.add(k, b.index(turn * lanes))
            vector = b.load(b.address(x, here))
            for n, weight in enumerate(weights):
                total = sums[turn * len(weights) + n]
                found.append(b.fma(vector, b.load(b.address(weight, here)), total))
        return found

    def rest(k: Any, sums: Sequence[Any]) -> list[Any]:
        mask = b.mask(b.ir.sub(depth, k))
        vector = b.load(b.address(x, k), mask)
        return [
            b.fma(vector, b.load(b.address(weight, k), mask), total)
            for weight, total in zip(weights, sums, strict=True)
        ]

    sums = b.loop(b.index(0), bulk, whole, [b.constant(0)] * (many * len(weights)), step=far)
    first = b.loop(bulk, depth, rest, sums[: len(weights)], step=lanes)
    return [
        added_up(b, [one, *sums[len(weights) + n :: len(weights)]]) for n, one in enumerate(first)
    ]
