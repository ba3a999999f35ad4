"""Where the numbers of a pass lie in the memory of a GPU, and how emitted code finds them."""

from __future__ import annotations

import re
from enum import Enum

from recurra.kernels.cpu.arrays import Array


class Lying(Enum):
    """How an array lies in memory.

    Attributes:
        EACH: A part of its own for each step.
        TURNS: Two parts, which steps use by turns: others may still read the one before.
        BEFORE: What another array holds after the step before, and something else at the first.
        ARRIVING: What comes back from the step after, and something else at the last.
    """

    EACH = "each"
    TURNS = "turns"
    BEFORE = "before"
    ARRIVING = "arriving"


def lying(array: Array, scratch: tuple[Array, ...]) -> Lying:
    """How an array of a pass lies; ``scratch`` are those used within a step."""
    if array.shift:
        return Lying.ARRIVING if array.name.startswith("arriving ") else Lying.BEFORE
    if array in scratch or array.name.startswith("leaving "):
        return Lying.TURNS
    return Lying.EACH


def stored_as(array: Array) -> str:
    """The name of the array that is written where this one is read."""
    if not array.shift:
        return array.name
    kind, _, state = array.name.partition(" ")
    return f"{'leaving' if kind == 'arriving' else 'after'} {state}"


def called(name: str) -> str:
    """A name that code may use."""
    return re.sub(r"\W", "_", name)


def address(array: Array, scratch: tuple[Array, ...]) -> str:
    """Where the numbers of a step begin: an expression of ``step`` and the array's arguments."""
    name = called(array.name)
    match lying(array, scratch):
        case Lying.EACH:
            return f"{name} + step * {name}_t"
        case Lying.TURNS:
            return f"{name} + step % 2 * {name}_t"
        case Lying.BEFORE:
            return f"tl.where(step == 0, {name}_edge, {name} + (step - 1) * {name}_t)"
        case Lying.ARRIVING:
            return f"tl.where(step == T - 1, {name}_edge, {name} + (step + 1) % 2 * {name}_t)"
