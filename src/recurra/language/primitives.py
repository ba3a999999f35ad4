"""The pointwise functions that a cell may use: one row each.

A row holds all that any part of Recurra needs to know of a primitive: its derivative, its spelling
in Python (found by name, so that nothing here needs torch) and in LaTeX, and the range of its
values. Adding a primitive is adding a row, and a function if its author writes it as one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from recurra.language.expression import Expression, Operand, Pointwise, pointwise

Derivative = Callable[..., tuple[Operand, ...]]


@dataclass(frozen=True)
class Primitive:
    """One row of the table.

    Attributes:
        name: What nodes call it.
        derivative: From the gradient of its value, its value and its arguments to the gradient of
            each argument.
        python: Where a callable that computes it on torch tensors is found, ``module:name``.
        latex: Its typeset form, ``{0}``, ``{1}`` and ``{2}`` standing for the arguments.
        text: The same in plain characters.
        binding: How tightly its typeset form binds: 0 comparison, 1 sum, 2 product, 3 sign, 4 a
            function's call.
        range: The least and greatest value it can take for finite arguments.
        least: What its arguments must be greater than.
    """

    name: str
    derivative: Derivative
    python: str
    latex: str
    text: str
    binding: int = 4
    range: tuple[float, float] = (-math.inf, math.inf)
    least: float = -math.inf

    @property
    def arity(self) -> int:
        """The number of its arguments."""
        return 1 + max(place for place in range(3) if f"{{{place}}}" in self.text)


_POSITIVE = (0, math.inf)


def _to_the_greater(g: Operand, a: Expression, b: Expression) -> Operand:
    """The gradient of a in max(a, b); where both are equal each gets half, as in torch."""
    return g * (greater(a, b) + 0.5 * equal(a, b))


_ROWS = (
    Primitive("add", lambda g, y, a, b: (g, g), "operator:add", "{0} + {1}", "{0} + {1}", 1),
    Primitive("subtract", lambda g, y, a, b: (g, -g), "operator:sub", "{0} - {1}", "{0} - {1}", 1),
    Primitive(
        "multiply",
        lambda g, y, a, b: (g * b, g * a),
        "operator:mul",
        r"{0} \odot {1}",
        "{0} ⊙ {1}",
        2,
    ),
    Primitive(
        "divide",
        lambda g, y, a, b: (g / b, -(g * y) / b),
        "operator:truediv",
        r"{0} \oslash {1}",
        "{0} / {1}",
        2,
    ),
    # As torch and Python have it: the remainder has the sign of the divisor.
    Primitive(
        "remainder",
        lambda g, y, a, b: (g, g * (y - a) / b),
        "torch:remainder",
        r"{0} \bmod {1}",
        "{0} mod {1}",
        2,
    ),
    Primitive("negative", lambda g, y, a: (-g,), "operator:neg", "-{0}", "-{0}", 3),
    Primitive(
        "sigmoid",
        lambda g, y, a: (g * (y * (1 - y)),),
        "torch:sigmoid",
        r"\sigma({0})",
        "σ({0})",
        range=(0, 1),
    ),
    Primitive(
        "tanh",
        lambda g, y, a: (g * (1 - y * y),),
        "torch:tanh",
        r"\tanh({0})",
        "tanh({0})",
        range=(-1, 1),
    ),
    # The slope of relu at 0 is taken as 0, as torch takes it: sign(relu(0)) = 0.
    Primitive(
        "relu",
        lambda g, y, a: (g * sign(y),),
        "torch:relu",
        r"\mathrm{{relu}}({0})",
        "relu({0})",
        range=_POSITIVE,
    ),
    Primitive(
        "exp", lambda g, y, a: (g * y,), "torch:exp", r"\exp({0})", "exp({0})", range=_POSITIVE
    ),
    Primitive("log", lambda g, y, a: (g / a,), "torch:log", r"\ln({0})", "ln({0})", least=0),
    Primitive(
        "sqrt",
        lambda g, y, a: (g * 0.5 / y,),
        "torch:sqrt",
        r"\sqrt{{{0}}}",
        "√({0})",
        range=_POSITIVE,
        least=0,
    ),
    Primitive(
        "sin", lambda g, y, a: (g * cos(a),), "torch:sin", r"\sin({0})", "sin({0})", range=(-1, 1)
    ),
    Primitive(
        "cos",
        lambda g, y, a: (-(g * sin(a)),),
        "torch:cos",
        r"\cos({0})",
        "cos({0})",
        range=(-1, 1),
    ),
    Primitive(
        "sign",
        lambda g, y, a: (0.0,),
        "torch:sign",
        r"\mathrm{{sign}}({0})",
        "sign({0})",
        range=(-1, 1),
    ),
    Primitive(
        "absolute",
        lambda g, y, a: (g * sign(a),),
        "torch:abs",
        r"|{0}|",
        "|{0}|",
        range=_POSITIVE,
    ),
    Primitive(
        "softplus",
        lambda g, y, a: (g * sigmoid(a),),
        "recurra.kernels.functions:softplus",
        r"\mathrm{{softplus}}({0})",
        "softplus({0})",
        range=_POSITIVE,
    ),
    Primitive(
        "log_sigmoid",
        lambda g, y, a: (g * sigmoid(-a),),
        "recurra.kernels.functions:log_sigmoid",
        r"\ln\sigma({0})",
        "ln σ({0})",
        range=(-math.inf, 0),
    ),
    Primitive(
        "maximum",
        lambda g, y, a, b: (_to_the_greater(g, a, b), _to_the_greater(g, b, a)),
        "torch:maximum",
        r"\max({0}, {1})",
        "max({0}, {1})",
    ),
    Primitive(
        "minimum",
        lambda g, y, a, b: (_to_the_greater(g, b, a), _to_the_greater(g, a, b)),
        "torch:minimum",
        r"\min({0}, {1})",
        "min({0}, {1})",
    ),
    Primitive(
        "greater",
        lambda g, y, a, b: (0.0, 0.0),
        "recurra.kernels.functions:greater",
        "{0} > {1}",
        "{0} > {1}",
        0,
        range=(0, 1),
    ),
    Primitive(
        "equal",
        lambda g, y, a, b: (0.0, 0.0),
        "recurra.kernels.functions:equal",
        "{0} = {1}",
        "{0} = {1}",
        0,
        range=(0, 1),
    ),
    Primitive(
        "where",
        lambda g, y, c, a, b: (0.0, where(c, g, 0.0), where(c, 0.0, g)),
        "recurra.kernels.functions:where",
        r"\begin{{cases}} {1} & \text{{if }} {0} \\ {2} & \text{{otherwise}} \end{{cases}}",
        "({1} if {0}, else {2})",
    ),
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


def log(a: Operand) -> Pointwise:
    """The natural logarithm, of positive values."""
    return pointwise("log", a)


def sqrt(a: Operand) -> Pointwise:
    """The square root, of positive values."""
    return pointwise("sqrt", a)


def sin(a: Operand) -> Pointwise:
    """The sine, of radians."""
    return pointwise("sin", a)


def cos(a: Operand) -> Pointwise:
    """The cosine, of radians."""
    return pointwise("cos", a)


def softplus(a: Operand) -> Pointwise:
    """ln(1 + exp(a)), without overflow."""
    return pointwise("softplus", a)


def log_sigmoid(a: Operand) -> Pointwise:
    """The logarithm of the logistic function, without overflow."""
    return pointwise("log_sigmoid", a)


def maximum(a: Operand, b: Operand) -> Pointwise:
    """The greater of two."""
    return pointwise("maximum", a, b)


def minimum(a: Operand, b: Operand) -> Pointwise:
    """The lesser of two."""
    return pointwise("minimum", a, b)


def greater(a: Operand, b: Operand) -> Pointwise:
    """1 where a > b, else 0; ``a > b`` is the same."""
    return pointwise("greater", a, b)


def equal(a: Operand, b: Operand) -> Pointwise:
    """1 where both are the same, else 0."""
    return pointwise("equal", a, b)


def where(condition: Operand, a: Operand, b: Operand) -> Pointwise:
    """A where the condition is not 0, else b.

    The gradient goes to the one that was taken. Infinite or undefined values of the other do no
    harm, its derivative where it is undefined does: 0 times infinity is undefined.
    """
    return pointwise("where", condition, a, b)
