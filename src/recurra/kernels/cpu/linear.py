"""Products of matrices with all steps at once, and their gradients."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import torch
from torch import Tensor

from recurra.kernels.cpu import threads
from recurra.kernels.cpu.panel import PRODUCT, panels
from recurra.kernels.cpu.target import kind

_INT, _POINTER = ctypes.c_int64, ctypes.c_void_p


@cache
def _functions(number: str) -> tuple[Any, int, Any, int]:
    code = panels(number)
    product = code.function("product", [_POINTER, _INT])
    team = code.address("product_team")
    pack = code.function("pack", [_POINTER, _INT, _INT, _INT, _POINTER])
    return product, team, pack, kind(number).lanes


def multiply(a: Tensor, b: Tensor) -> Tensor:
    """A (R, K) times b (K, N), as the first N columns of a wider matrix.

    Args:
        a: With its rows or its columns lying together.
        b: With its rows lying together.
    """
    product, team, pack, lanes = _functions(str(a.dtype).removeprefix("torch."))
    if 1 not in a.stride():
        a = a.contiguous()
    if b.stride(1) != 1:
        b = b.contiguous()
    rows, depth = a.shape
    columns = b.shape[1]
    padded = -(-columns // lanes) * lanes
    packed = b.new_empty(depth * padded)
    pack(b.data_ptr(), b.stride(0), depth, columns, packed.data_ptr())
    c = a.new_empty(rows, padded)
    number = threads.count(rows, 2.0 * rows * depth * columns)
    by_row, by_column = a.stride()
    table = (_INT * len(PRODUCT))(
        *threads.header(number),
        rows,
        depth,
        columns,
        a.data_ptr(),
        by_row,
        by_column,
        packed.data_ptr(),
        c.data_ptr(),
        padded,
    )
    threads.run(product, team, ctypes.addressof(table), number)
    return c[:, :columns]


def linear(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """X (..., I) times the transpose of a matrix (N, I), plus a vector (N,)."""
    result: Tensor = _Linear.apply(x, weight, bias)  # type: ignore[no-untyped-call]
    return result


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        total = multiply(x.reshape(-1, x.shape[-1]), weight.t())
        total += bias
        return total.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        product = torch.matmul if torch.is_grad_enabled() else multiply
        rows, seen = gradient.flatten(0, -2), x.reshape(-1, x.shape[-1])
        of_x = of_weight = of_bias = None
        if ctx.needs_input_grad[0]:
            of_x = product(rows, weight).view(x.shape)
        if ctx.needs_input_grad[1]:
            of_weight = product(rows.t(), seen)
        if ctx.needs_input_grad[2]:
            of_bias = rows.sum(0)
        return of_x, of_weight, of_bias
