"""Long things in stretches, each of which begins without memory of the one before."""

from __future__ import annotations

from typing import TypeVar

from torch import Tensor

Whole = TypeVar("Whole", str, Tensor)


def stretches(whole: Whole, steps: int) -> list[Whole]:
    """Stretches of so many steps and the one that follows, with which the next begins.

    So that each step but the first is foretold once. The last may be shorter, of two at least.

    Args:
        whole: A text, or (T, ...).
        steps: Of a stretch, at least 1.
    """
    return [whole[place : place + steps + 1] for place in range(0, len(whole) - 1, steps)]
