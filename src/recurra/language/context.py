"""What a step can ask for beside its input and states."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.errors import CellError
from recurra.language.expression import Expression, Leaf, PerUnit
from recurra.language.parameter import Parameter
from recurra.language.reading import under_way
from recurra.language.widths import Width, is_width


def previous(x: Expression, steps: int = 1) -> Leaf:
    """The input some steps ago; zero before the first.

    The layer carries the inputs it needs from call to call, as states ``x_1``, ``x_2``, ...

    Args:
        x: The input of the step.
        steps: How long ago, at least 1.

    Raises:
        CellError: If it is not the input itself, or no such number.
    """
    reading = under_way()
    if x is not reading.x:
        raise CellError(
            "an earlier value of something other than the input",
            "previous(x) or previous(x, 2), of the input itself",
            "declare what is to be remembered as a state and return it",
        )
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise CellError(
            f"the input {steps!r} steps ago",
            "a whole number of steps, 1 or more",
            "write previous(x) or previous(x, 2); the input of this step is x",
        )
    return reading.earlier.setdefault(steps, Leaf(f"x_{steps}", "input", "I"))


def match(matrix: Parameter, x: Expression) -> Expression:
    """The input itself where it has as many numbers as there are units, else its projection.

    Args:
        matrix: A parameter, ``p.W``; a layer as wide as its input does not have it.
        x: The input of the step.
    """
    # As in residual networks: the identity where shapes allow, else a linear map (He et al. 2015,
    # arXiv:1512.03385, eq. 2).
    if not under_way().square:
        return matrix @ x
    # The same input, known to be as wide as the hidden state.
    return Leaf("x", "input", "H")


def units(values: Sequence[float], over: Width = "H") -> PerUnit:
    """A constant with a value for each unit, dealt out in equal blocks in order.

    Args:
        values: One for each block.
        over: What it runs over: ``"H"``, the units, or ``"I"``, the numbers of the input.

    Raises:
        CellError: If there are no values, or it runs over nothing that is known.
    """
    if not values or not is_width(over):
        raise CellError(
            f"units({values!r}, {over!r})",
            'one number or more, over "H" or "I"',
            "write units((1, 2, 4))",
        )
    return PerUnit(tuple(float(value) for value in values), over)
