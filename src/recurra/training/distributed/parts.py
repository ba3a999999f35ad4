"""The share that a process has of a batch."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from torch import Tensor

from recurra.errors import ShapeError

B = TypeVar("B")


def part(batch: B, rank: int, count: int) -> tuple[B, bool]:
    """Every so many-th row of a batch.

    Rows are dealt out in turn: those of a batch of like lengths stand in the order of their
    lengths, so that each process has about as many steps.

    Args:
        batch: A tensor, or tuples and dataclasses of tensors whose first dimension is the rows'.
            What is no tensor in them stays as it is.
        rank: Of the process.
        count: Of processes.

    Returns:
        The share, and whether it counts: where there are fewer rows than processes, one that has
        none goes through the first row without any weight, since all must go through.

    Raises:
        ShapeError: If there is no tensor in it, or they differ in their rows.
    """
    rows = rows_of(batch)
    counts = rank < rows
    return _taken(batch, slice(rank, None, count) if counts else slice(0, 1)), counts


def rows_of(batch: object) -> int:
    """How many rows a batch has.

    Raises:
        ShapeError: If there is no tensor in it, or they differ in their rows.
    """
    found = {len(one) for one in _tensors(batch)}
    if len(found) != 1:
        raise ShapeError(
            f"a {type(batch).__name__} whose tensors have {sorted(found) or 'no'} rows",
            "a batch whose tensors have the same first dimension, to be shared by processes",
            "train with one process, or give the trainer such batches",
        )
    return found.pop()


def _tensors(batch: object) -> list[Tensor]:
    match batch:
        case Tensor():
            return [batch]
        case tuple():
            return [one for each in batch for one in _tensors(each)]
    if is_dataclass(batch) and not isinstance(batch, type):
        return [one for each in fields(batch) for one in _tensors(getattr(batch, each.name))]
    return []


def _taken(batch: Any, rows: slice) -> Any:
    match batch:
        case Tensor():
            return batch[rows]
        case tuple():
            parts = [_taken(each, rows) for each in batch]
            # A named tuple takes its fields one by one.
            return type(batch)(*parts) if hasattr(batch, "_fields") else tuple(parts)
    if is_dataclass(batch) and not isinstance(batch, type):
        held = {each.name: getattr(batch, each.name) for each in fields(batch)}
        return replace(batch, **{name: _taken(one, rows) for name, one in held.items()})
    return batch
