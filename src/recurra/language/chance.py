"""Chance within a step: what regularisers are made of."""

from __future__ import annotations

from typing import Literal

from recurra.errors import CellError
from recurra.language.expression import (
    Operand,
    Pointwise,
    Random,
    common_width,
    pointwise,
)
from recurra.language.reading import under_way


def either(
    chance: float,
    a: Operand,
    b: Operand,
    *,
    key: str,
    per: Literal["step", "sequence"] = "step",
) -> Pointwise:
    """For each unit of each row by itself: ``a`` with the given chance, else ``b``.

    In evaluation, their mean weighed by the chances.

    Args:
        chance: That of ``a``, from 0 to 1.
        a: One value.
        b: The other.
        key: What the chance is about. The numbers drawn depend on it, so two uses in one cell need
            two names.
        per: ``"step"`` to draw anew at each step, ``"sequence"`` once for all steps.

    Raises:
        CellError: If the chance is none, or one was taken for that key before.
    """
    if isinstance(chance, bool) or not isinstance(chance, int | float) or not 0 <= chance <= 1:
        raise CellError(f"a chance of {chance!r}", "a number from 0 to 1")
    if per not in {"step", "sequence"}:
        raise CellError(f"chance taken per={per!r}", '"step" or "sequence"')
    reading = under_way()
    if key in reading.randoms:
        raise CellError(
            f"chance taken twice for {key!r}", "a key for each use", "regularise a cell once"
        )
    # In one operation, so that a parameter gets the width of what it is combined with.
    first, second = pointwise("add", a, b).arguments
    reading.randoms[key] = drawn = Random(key, "input", common_width([first, second]), per)
    if not reading.training:
        return chance * first + (1 - chance) * second
    return pointwise("where", drawn < chance, first, second)
