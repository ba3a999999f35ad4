"""How many numbers a vector of the equations holds, in words that fit a layer of any size."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from recurra.errors import CellError

Width: TypeAlias = "str | int"
"""``"H"``, the hidden size; ``"I"``, the input size; ``"H/4"``, a quarter of one; or a number."""

ONE: Width = 1
"""A single number a row, which fits any width."""


def resolve(width: Width, sizes: Mapping[str, int]) -> int:
    """The number that a width stands for in a layer whose sizes are known.

    Args:
        width: The width.
        sizes: What ``"H"`` and ``"I"`` are.

    Raises:
        CellError: If a size cannot be divided as the width says.
    """
    if isinstance(width, int):
        return width
    name, _, parts = width.partition("/")
    if not parts:
        return sizes[name]
    if sizes[name] % int(parts):
        size = {"H": "hidden_size", "I": "input_size"}[name]
        raise CellError(
            f"{size}={sizes[name]} for a cell that divides it into {parts} equal parts",
            f"a multiple of {parts}",
            f"choose {size}={-(-sizes[name] // int(parts)) * int(parts)}",
        )
    return sizes[name] // int(parts)


def divided(width: Width, parts: int) -> Width:
    """A width cut into equal parts.

    Args:
        width: The width.
        parts: How many, at least 1.

    Raises:
        CellError: If it is a number that cannot be divided so.
    """
    if isinstance(width, int):
        if width % parts:
            raise CellError(
                f"{width} numbers divided into {parts} equal parts", f"a multiple of {parts}"
            )
        return width // parts
    name, _, already = width.partition("/")
    parts *= int(already or 1)
    return name if parts == 1 else f"{name}/{parts}"


def is_width(value: object) -> bool:
    """Whether a value is a :data:`Width`."""
    if isinstance(value, str):
        return re.fullmatch(r"[HI](/[1-9][0-9]*)?", value) is not None
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


@dataclass(frozen=True)
class Shape:
    """A parameter's shape: ``("H", "I")`` for a matrix, ``("H", None)`` for a vector."""

    rows: Width
    columns: Width | None = None

    @property
    def is_matrix(self) -> bool:
        """Whether it has columns."""
        return self.columns is not None

    def resolved(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """The numbers of rows and columns in a layer whose sizes are known."""
        widths = (self.rows,) if self.columns is None else (self.rows, self.columns)
        return tuple(resolve(width, sizes) for width in widths)
