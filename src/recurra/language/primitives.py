"""The pointwise functions that a cell may use: one row each.

A row holds all that any part of Recurra needs to know of a primitive: its derivative, its spelling
in Python (found by name, so that nothing here needs torch) and in LaTeX, and the range of its
values. Adding a primitive is adding a row, and a function if its author writes it as one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from recurra.language.expression import Operand, Pointwise, pointwise

Derivative = Callable[..., tuple[Operand, ...]]


@dataclass(frozen=True)
class Primitive:
    """One row of the table.

    Attributes:
        name: What nodes call it.
        derivative: From the gradient of its value, its value and its arguments to the gradient of
            each argument.
        python: Where a callable that computes it on torch tensors is found, ``module:name``.
        latex: Its typeset form, ``{0}`` and ``{1}`` standing for the arguments.
        binding: How tightly its typeset form binds: 1 sum, 2 product, 3 sign, 4 a function's call.
        range: The least and greatest value it can take for finite arguments.
    """

    name: str
    derivative: Derivative
    python: str
    latex: str
    binding: int
    range: tuple[float, float] = (-math.inf, math.inf)


_ROWS = (
    Primitive("add", lambda g, y, a, b: (g, g), "operator:add", "{0} + {1}", 1),
    Primitive("subtract", lambda g, y, a, b: (g, -g), "operator:sub", "{0} - {1}", 1),
    Primitive("multiply", lambda g, y, a, b: (g * b, g * a), "operator:mul", r"{0} \odot {1}", 2),
    Primitive(
        "divide",
        lambda g, y, a, b: (g / b, -(g * y) / b),
        "operator:truediv",
        r"{0} \oslash {1}",
        2,
    ),
    Primitive("negative", lambda g, y, a: (-g,), "operator:neg", "-{0}", 3),
    Primitive(
        "sigmoid", lambda g, y, a: (g * (y * (1 - y)),), "torch:sigmoid", r"\sigma({0})", 4, (0, 1)
    ),
    Primitive("tanh", lambda g, y, a: (g * (1 - y * y),), "torch:tanh", r"\tanh({0})", 4, (-1, 1)),
    # The slope of relu at 0 is taken as 0, as torch takes it: sign(relu(0)) = 0.
    Primitive(
        "relu",
        lambda g, y, a: (g * sign(y),),
        "torch:relu",
        r"\mathrm{{relu}}({0})",
        4,
        (0, math.inf),
    ),
    Primitive("exp", lambda g, y, a: (g * y,), "torch:exp", r"\exp({0})", 4, (0, math.inf)),
    Primitive("sign", lambda g, y, a: (0.0,), "torch:sign", r"\mathrm{{sign}}({0})", 4, (-1, 1)),
)

PRIMITIVES: dict[str, Primitive] = {row.name: row for row in _ROWS}


def sigmoid(a: Operand) -> Pointwise:
    """The logistic function, 1 / (1 + exp(-a)), between 0 and 1."""
    return pointwise("sigmoid", a)


def tanh(a: Operand) -> Pointwise:
    """The hyperbolic tangent, between -1 and 1."""
    return pointwise("tanh", a)


def relu(a: Operand) -> Pointwise:
    """The greater of 0 and a."""
    return pointwise("relu", a)


def exp(a: Operand) -> Pointwise:
    """The exponential."""
    return pointwise("exp", a)


def sign(a: Operand) -> Pointwise:
    """-1, 0 or 1; its derivative is taken as 0 everywhere."""
    return pointwise("sign", a)
