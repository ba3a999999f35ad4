"""Where numbers lie, before it is known where the memory will be."""

from __future__ import annotations

from dataclasses import dataclass, replace

ALIGNED = 64
"""Every array starts at a multiple of so many bytes: a line of the caches."""


@dataclass(frozen=True)
class Place:
    """An array's first number and the way to the others.

    Attributes:
        base: In which piece of memory it lies.
        offset: How many bytes from its start.
        by_step: How many numbers lie from one step to the next.
        by_row: Likewise for rows.
    """

    base: int
    offset: int = 0
    by_step: int = 0
    by_row: int = 0

    def moved(self, size: int) -> Place:
        """The same so many bytes further."""
        return replace(self, offset=self.offset + size)


class Room:
    """A piece of memory that is dealt out.

    Args:
        base: Which.
        size: The bytes of a number.
    """

    def __init__(self, base: int, size: int) -> None:
        self.base = base
        self.size = size
        self.bytes = 0

    def take(self, *shape: int) -> Place:
        """Room for numbers of a shape: (T, B, width), (B, width) or so many."""
        count = 1
        for length in shape:
            count *= length
        place = self.bytes
        self.bytes += -(-count * self.size // ALIGNED) * ALIGNED
        by_row = shape[-1] if len(shape) > 1 else 0
        by_step = by_row * shape[-2] if len(shape) > 2 else 0
        return Place(self.base, place, by_step, by_row)
