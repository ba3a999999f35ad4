"""How many numbers the parameters of a cell have, as a formula and as a number."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

from recurra.language import Shape, Width

_ORDER = ("HI", "HH", "II", "H", "I", "")


def formula(shapes: Iterable[Shape]) -> str:
    """The numbers in all the parameters, as a sum of terms in H, the units, and I, the input.

    ``4 HI + 4 HH + 4 H`` for an LSTM; ``HH/4`` is a quarter of HH.

    Args:
        shapes: Those of the parameters.
    """
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for shape in shapes:
        letters, factor = _product(shape)
        sums[letters] += factor
    return " + ".join(_term(letters, sums[letters]) for letters in _ORDER if letters in sums)


def count(shapes: Iterable[Shape], sizes: Mapping[str, int]) -> int:
    """The numbers in all the parameters of a layer whose sizes are known.

    Args:
        shapes: Those of the parameters.
        sizes: What ``"H"`` and ``"I"`` are.

    Raises:
        CellError: If a size cannot be divided as a shape says.
    """
    return sum(math.prod(shape.resolved(sizes)) for shape in shapes)


def _product(shape: Shape) -> tuple[str, Fraction]:
    """Its letters, in alphabetical order, and what they are multiplied by."""
    sides = [_side(side) for side in (shape.rows, shape.columns) if side is not None]
    letters = "".join(sorted(letter for letter, _ in sides))
    return letters, math.prod((factor for _, factor in sides), start=Fraction(1))


def _side(width: Width) -> tuple[str, Fraction]:
    if isinstance(width, int):
        return "", Fraction(width)
    letter, *parts = width.split("/")
    return letter, Fraction(1, math.prod(map(int, parts)))


def _term(letters: str, factor: Fraction) -> str:
    times = "" if factor.numerator == 1 and letters else f"{factor.numerator} "
    over = f"/{factor.denominator}" if factor.denominator > 1 else ""
    return f"{times}{letters}".strip() + over
