"""A stop of the tour: a text, a knob, and what a network does for each place of the knob."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LITTLE = 0.001
"""Less than so much is not told by its figure."""


@dataclass(frozen=True)
class Both:
    """The same in both languages of the tour.

    Attributes:
        en: In English.
        zh: In Chinese.
    """

    en: str
    zh: str


@dataclass(frozen=True)
class Curve:
    """Numbers over steps.

    Attributes:
        name: What they are.
        values: (T,).
    """

    name: Both
    values: Array


@dataclass(frozen=True)
class Frame:
    """What is seen at one place of the knob.

    Attributes:
        setting: What the knob says there.
        curves: Of a network that ran with it.
        says: What the numbers say: every figure in it is one of the curves', or made of them.
        marks: The steps that it names, marked along the bottom.
    """

    setting: Both
    curves: tuple[Curve, ...]
    says: Both
    marks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Stop:
    """A stop.

    Attributes:
        key: Its name in addresses.
        title: Above it.
        text: What is to be understood, a paragraph each.
        knob: What is turned.
        frames: One for each place of the knob, at least two.
        start: Where the knob stands at first.
        cell: The cell whose equations are shown; empty for none.
        steps: What lies along the bottom.
        boxes: Whether what is drawn is no curve but steps that are taken, 1, or not, 0: a row a
            curve.
    """

    key: str
    title: Both
    text: Sequence[Both]
    knob: Both
    frames: Sequence[Frame]
    start: int
    cell: str = ""
    steps: Both = Both("step", "时间步")
    boxes: bool = False


def setting(value: float) -> Both:
    """A number at which a knob stands."""
    return Both(figure(value), figure(value))


def remains(value: float) -> Both:
    """What is left of something, in words where it is next to nothing.

    Args:
        value: At least 0.
    """
    if 0 < value < LITTLE:
        return Both(f"less than {LITTLE} is left", f"还剩不到 {LITTLE}")
    return Both(f"{figure(value)} is left", f"还剩 {figure(value)}")


def places(value: float, count: int) -> str:
    """With so many digits behind the point, and a true minus sign."""
    return f"{value:.{count}f}".replace("-", "\N{MINUS SIGN}")


def figure(value: float) -> str:
    """With three digits that count, and a true minus sign."""
    # A zero is neither above nor below.
    return f"{value or 0.0:.3g}".replace("-", "\N{MINUS SIGN}")
