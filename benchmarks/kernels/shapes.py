"""The sizes that are measured."""

from __future__ import annotations

from typing import NamedTuple


class Shape(NamedTuple):
    """A batch and a layer: T steps, B rows, I numbers in a step, H units."""

    T: int
    B: int
    I: int  # noqa: E741 - the name that the whole library gives it
    H: int

    def __str__(self) -> str:
        return f"({', '.join(map(str, self))})"


DROP_IN = (
    Shape(10, 32, 1, 50),
    Shape(10, 32, 50, 100),
    Shape(100, 32, 128, 128),
    Shape(100, 64, 256, 256),
    Shape(100, 32, 512, 512),
    Shape(1000, 16, 64, 64),
    Shape(50, 32, 1024, 1024),
)
"""Where the layers of torch.nn are met."""

EVERY_CELL = (Shape(10, 32, 50, 100), Shape(100, 32, 128, 128), Shape(100, 64, 256, 256))
"""Where every cell is measured."""

LONG = Shape(1000, 16, 64, 64)
"""Where cells are measured beside torchrecurrent, and memory."""

SMALL = (Shape(10, 32, 1, 50), Shape(10, 32, 50, 100))
"""For a look at whether the programs run."""
