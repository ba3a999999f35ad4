"""Where the numbers of a pass lie in the memory of a GPU, and how emitted code finds them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from recurra.kernels.cpu.arrays import Array
from recurra.kernels.cpu.passes import CUT
from recurra.kernels.cpu.whole import FRESH, RUNNING
from recurra.language.widths import Width

PARTS = 3
"""The parts of what steps use by turns.

A program may be a step ahead of another that reads what the step before has left: it must write
neither there nor where that one itself writes.
"""


class Lying(Enum):
    """How an array lies in memory.

    Attributes:
        EACH: A part of its own for each step.
        TURNS: A few parts, which steps use by turns.
        BEFORE: What another array holds after the step before, and something else at the first.
        ARRIVING: What comes back from the step after, and something else at the last.
    """

    EACH = "each"
    TURNS = "turns"
    BEFORE = "before"
    ARRIVING = "arriving"


@dataclass(frozen=True)
class Slot:
    """An array among a kernel's arguments.

    Attributes:
        name: That of the array that is read.
        stored: That of the array that is written there.
        width: The numbers in a row.
        is_given: Whether it comes from elsewhere.
        has_edge: Whether something else is read at the first or last step.
        turns: Whether steps use a few parts by turns.
    """

    name: str
    stored: str
    width: Width
    is_given: bool
    has_edge: bool
    turns: bool


def slot(array: Array, scratch: tuple[Array, ...]) -> Slot:
    """What is to be known of an array when its kernel is called."""
    turns = lying(array, scratch) in {Lying.TURNS, Lying.ARRIVING}
    return Slot(array.name, stored_as(array), array.width, is_given(array), array.shift != 0, turns)


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


def is_given(array: Array) -> bool:
    """Whether it comes from elsewhere, with steps and rows as far apart as they happen to be."""
    return array.name.startswith(("known ", "outside ")) or array.name in {RUNNING, FRESH, CUT}


def address(array: Array, by_step: str, scratch: tuple[Array, ...]) -> str:
    """Where the numbers of a step begin: an expression of ``step`` and the array's arguments.

    Args:
        array: The array.
        by_step: How far one step lies from the next.
        scratch: The arrays used within a step.
    """
    name = called(array.name)
    match lying(array, scratch):
        case Lying.EACH:
            return f"{name} + step * {by_step}"
        case Lying.TURNS:
            return f"{name} + step % {PARTS} * {by_step}"
        case Lying.BEFORE:
            return f"tl.where(step == 0, {name}_edge, {name} + (step - 1) * {by_step})"
        case Lying.ARRIVING:
            after = f"{name} + (step + 1) % {PARTS} * {by_step}"
            return f"tl.where(step == T - 1, {name}_edge, {after})"
