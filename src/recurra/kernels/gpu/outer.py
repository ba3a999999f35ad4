"""The gradients of matrices: one product over all steps and rows for each vector they multiply."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import torch
from torch import Tensor

from recurra.kernels.cpu.arrays import Bundle
from recurra.kernels.cpu.passes import Backward, Outer
from recurra.kernels.gpu.memory import Memory
from recurra.kernels.gpu.places import stored_as


def of_matrices(memory: Memory, backward: Backward, wanted: Collection[str]) -> dict[str, Tensor]:
    """The gradient of each matrix that is wanted, by name."""
    found: dict[str, Tensor] = {}
    for members in _beside(backward.outers, backward.bundles):
        if not any(one.matrix in wanted for one in members):
            continue
        total = _product(memory, members)
        for one, part in zip(members, total.chunk(len(members)), strict=True):
            former = found.get(one.matrix)
            found[one.matrix] = part if former is None else former + part
    return found


def _beside(outers: Sequence[Outer], bundles: Sequence[Bundle]) -> Iterator[list[Outer]]:
    """Outer products with one right side whose left sides lie one behind another."""
    members: list[Outer] = []
    for one in outers:
        last = members[-1] if members else None
        same = last is not None and last.right.name == one.right.name
        if last and not (same and any(b.follows(last.left, one.left) for b in bundles)):
            yield members
            members = []
        members.append(one)
    if members:
        yield members


def _product(memory: Memory, members: Sequence[Outer]) -> Tensor:
    """The sum over steps and rows of left times right transposed."""
    first = memory.of(members[0].left)
    left = first.as_strided(
        (*first.shape[:2], first.shape[2] * len(members)), first.stride(), first.storage_offset()
    ).flatten(0, 1)
    right = members[0].right
    values = memory.named[stored_as(right)]
    if not right.shift:
        return left.t() @ values.reshape(len(left), -1)
    rows = memory.rows
    total = left[:rows].t() @ memory.edges[right.name]
    return torch.addmm(total, left[rows:].t(), values[:-1].flatten(0, 1))
