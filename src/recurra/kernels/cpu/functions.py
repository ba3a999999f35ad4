"""The primitives of the language in vector arithmetic.

Exponentials come from one core: with n the whole number nearest to x / ln 2 and r = x - n ln 2,
exp(x) = 2^n (1 + expm1(r)), and expm1(r) = r + r^2 q(r) with q a polynomial fitted for the least
largest error on |r| <= 0.35 (Chebyshev fits at 40 digits). Largest errors found over dense and
random arguments, in units of the last place, are in tests/kernels/cpu/test_functions.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from recurra.kernels.cpu.builder import Builder

_EXPM1 = {
    4: (1.3926926614021907e-3, 8.363773874405574e-3, 0.04166655011030512, 0.16666573381900845, 0.5),
    8: (
        2.0915442297780116e-09,
        2.5106274733573296e-08,
        2.75572718102198e-07,
        2.755725283351691e-06,
        2.4801587327007187e-05,
        0.00019841269876864356,
        0.0013888888888883327,
        0.008333333333325544,
        0.04166666666666667,
        0.1666666666666667,
        0.5,
    ),
}
"""q of expm1, from the highest power down, by the bytes of a number."""

_LOG1P = {
    4: (
        0.06970549261914154,
        -0.11480205614106001,
        0.11685989881242258,
        -0.12425660657208379,
        0.14249002904822966,
        -0.16667801840734198,
        0.20000717189644437,
        -0.24999996975200084,
        0.3333333117452081,
    ),
    8: (
        -0.025052663070262014,
        0.05666258458512723,
        -0.06130427091479549,
        0.05372241210773315,
        -0.05368089131612405,
        0.05836909958991391,
        -0.06265048366014171,
        0.0667199953317765,
        -0.07142231600337938,
        0.07691987162771834,
        -0.08333345038844459,
        0.09090919912768174,
        -0.09999999997734345,
        0.11111110909065855,
        -0.12499999997076991,
        0.14285714287599852,
        -0.16666666666697577,
        0.1999999999999319,
        -0.2499999999999993,
        0.33333333333333337,
    ),
}
"""(ln(1 + f) - f + f^2 / 2) / f^3 for sqrt(1/2) <= 1 + f <= sqrt(2), likewise."""

# ln 2 in two parts, the first with so few digits that its product with a small whole number is
# exact.
_LN2 = {4: (0.693359375, -2.12194440054690583e-4), 8: (0.6931471803691238, 1.9082149292705877e-10)}
_LOWEST = {4: -87.3, 8: -708.3}
"""Below it the exponential is not a normal number: it is taken as 0."""
_HIGHEST = {4: 88.72283, 8: 709.7827}
"""Above it the exponential is taken as infinite."""
_MANTISSA = {4: 23, 8: 52}


def _power(b: Builder, n: Any) -> Any:
    """2 to the power of whole numbers, of which the lowest bits alone count."""
    shift, bias = _MANTISSA[b.kind.size], (127 if b.kind.size == 4 else 1023)
    raised = b.ir.add(b.ir.shl(n, b.whole(shift)), b.whole(bias << shift))
    return b.ir.bitcast(raised, b.kind.vector)


_WHOLE = {4: 1.5 * 2.0**23, 8: 1.5 * 2.0**52}
"""Added to a small number it leaves the nearest whole number in the lowest bits."""


def _reduced(b: Builder, x: Any) -> tuple[Any, Any]:
    """N, in the lowest bits of whole numbers, and expm1(r)."""
    size = b.kind.size
    large = b.constant(_WHOLE[size])
    shifted = b.fma(x, b.constant(1.4426950408889634), large)
    n = b.ir.fsub(shifted, large)
    r = x
    for part in _LN2[size]:
        r = b.fma(n, b.constant(-part), r)
    minus_one = b.fma(b.multiply(r, r), b.polynomial(r, _EXPM1[size]), r)
    return b.ir.bitcast(shifted, b.kind.integers), minus_one


def _at_most(b: Builder, x: Any, greatest: float) -> Any:
    """X, or a bound where it is greater; what is no number stays so."""
    bound = b.constant(greatest)
    return b.select(b.ir.fcmp_ordered("<", bound, x), bound, x)


def _bounded(b: Builder, x: Any, least: float, greatest: float) -> Any:
    """X between two bounds; what is no number stays so."""
    bound = b.constant(least)
    return _at_most(b, b.select(b.ir.fcmp_ordered(">", bound, x), bound, x), greatest)


def exp(b: Builder, x: Any) -> Any:
    """The exponential."""
    size = b.kind.size
    bits, minus_one = _reduced(b, _bounded(b, x, _LOWEST[size], _HIGHEST[size]))
    n = b.ir.sub(bits, b.ir.bitcast(b.constant(_WHOLE[size]), b.kind.integers))
    # In two factors, since 2^n may be greater than any number while its product with another is
    # not.
    half = b.ir.ashr(n, b.whole(1))
    value = b.multiply(b.add(minus_one, b.constant(1)), _power(b, half))
    value = b.multiply(value, _power(b, b.ir.sub(n, half)))
    value = b.select(b.ir.fcmp_ordered("<", x, b.constant(_LOWEST[size])), b.constant(0), value)
    above = b.ir.fcmp_ordered(">", x, b.constant(_HIGHEST[size]))
    return b.select(above, b.constant(float("inf")), value)


def _small_exp(b: Builder, x: Any) -> Any:
    """The exponential of what is at most 0; a factor of 0 where it is not a normal number."""
    n, minus_one = _reduced(b, _bounded(b, x, _LOWEST[b.kind.size], 0.0))
    return b.multiply(b.add(minus_one, b.constant(1)), _power(b, n))


_INFINITE = {4: 88.8, 8: 709.9}
"""Where 2^n is taken as infinite."""


def sigmoid(b: Builder, x: Any) -> Any:
    """The logistic function, 1 / (1 + exp(-x)).

    Where the exponential is infinite the result is 0, as it is to less than the smallest number
    that is normal; what is no number stays so all the way.
    """
    size = b.kind.size
    bounded = _bounded(b, b.ir.fneg(x), _LOWEST[size], _INFINITE[size])
    n, minus_one = _reduced(b, bounded)
    e = b.add(minus_one, b.constant(1))
    return b.ir.fdiv(b.constant(1), b.fma(e, _power(b, n), b.constant(1)))


def tanh(b: Builder, x: Any) -> Any:
    """The hyperbolic tangent: m / (m + 2) with m = expm1(2 |x|), and the sign of x."""
    largest = 10.0 if b.kind.size == 4 else 20.0
    bounded = _at_most(b, absolute(b, x), largest)
    n, minus_one = _reduced(b, b.add(bounded, bounded))
    power = _power(b, n)
    m = b.fma(power, minus_one, b.subtract(power, b.constant(1)))
    return b.of_vectors("copysign", b.ir.fdiv(m, b.add(m, b.constant(2))), x)


def _undefined_as(b: Builder, x: Any, value: Any) -> Any:
    """The value, or x where x is no number."""
    return b.select(b.ir.fcmp_unordered("uno", x, x), x, value)


def log(b: Builder, x: Any) -> Any:
    """The natural logarithm; of 0 minus infinity, of what is less not a number."""
    size, shift = b.kind.size, _MANTISSA[b.kind.size]
    bits = b.ir.bitcast(x, b.kind.integers)
    # Numbers from sqrt(1/2) to sqrt(2) shall have the exponent 0.
    offset = b.whole(0x3F3504F3 if size == 4 else 0x3FE6A09E667F3BCD)
    exponent = b.ir.ashr(b.ir.sub(bits, offset), b.whole(shift))
    n = b.ir.sitofp(exponent, b.kind.vector)
    mantissa = b.ir.sub(bits, b.ir.shl(exponent, b.whole(shift)))
    f = b.subtract(b.ir.bitcast(mantissa, b.kind.vector), b.constant(1))
    value = _log_of_one_and(b, f)
    high, low = _LN2[size]
    value = b.fma(n, b.constant(high), b.fma(n, b.constant(low), value))
    zero = b.constant(0)
    value = b.select(b.ir.fcmp_ordered("==", x, zero), b.constant(float("-inf")), value)
    infinite = b.ir.fcmp_ordered("==", x, b.constant(float("inf")))
    value = b.select(infinite, x, value)
    below = b.ir.fcmp_unordered("<", x, zero)
    return b.select(below, b.constant(float("nan")), value)


def _log_of_one_and(b: Builder, f: Any) -> Any:
    """ln(1 + f) for sqrt(1/2) <= 1 + f <= sqrt(2)."""
    square = b.multiply(f, f)
    rest = b.multiply(b.multiply(square, f), b.polynomial(f, _LOG1P[b.kind.size]))
    return b.add(b.fma(square, b.constant(-0.5), f), rest)


_SINE = {
    4: (-0.00019577721430072252, 0.008332700249708166, -0.16666664410207002),
    8: (
        1.5912461499839467e-10,
        -2.505105158684691e-08,
        2.7557315709635293e-06,
        -0.00019841269835985584,
        0.008333333333330428,
        -0.16666666666666663,
    ),
}
"""(sin(r) / r - 1) / r^2, from the highest power of r^2 down, for |r| <= pi / 4."""

_COSINE = {
    4: (2.4537750767028216e-05, -0.0013888254915538887, 0.04166666440691311),
    8: (
        -1.1379086634729478e-11,
        2.0876096058995368e-09,
        -2.755731702592346e-07,
        2.4801587298282115e-05,
        -0.001388888888888707,
        0.041666666666666664,
    ),
}
"""(cos(r) - 1 + r^2 / 2) / r^4, likewise."""

_QUARTER = {
    4: (1.570796251296997, 7.549789415861596e-08, 5.390302953474238e-15),
    8: (1.5707963267948966, 6.123233995736765e-17, 1.4973849048591833e-33),
}
"""A quarter of a turn, in parts: their products with whole numbers lose nothing that counts."""


def sine(b: Builder, x: Any) -> Any:
    """The sine of radians, up to some ten thousand turns; beyond, the error grows with x."""
    return _turned(b, x, 0)


def cosine(b: Builder, x: Any) -> Any:
    """The cosine of radians, likewise."""
    return _turned(b, x, 1)


def _turned(b: Builder, x: Any, quarters: int) -> Any:
    """The sine so many quarters of a turn further: r = x - n pi / 2, and by n which of both."""
    size = b.kind.size
    large = b.constant(_WHOLE[size])
    shifted = b.fma(x, b.constant(0.6366197723675814), large)
    n, r = b.ir.fsub(shifted, large), x
    for part in _QUARTER[size]:
        r = b.fma(n, b.constant(-part), r)
    square = b.multiply(r, r)
    # So that the sine of -0 is -0.
    of_sine = b.multiply(r, b.fma(square, b.polynomial(square, _SINE[size]), b.constant(1)))
    start = b.fma(square, b.constant(-0.5), b.constant(1))
    of_cosine = b.fma(b.multiply(square, square), b.polynomial(square, _COSINE[size]), start)
    whole = b.ir.add(b.ir.bitcast(shifted, b.kind.integers), b.whole(quarters))
    odd = b.ir.icmp_signed("==", b.ir.and_(whole, b.whole(1)), b.whole(1))
    over = b.ir.icmp_signed("==", b.ir.and_(whole, b.whole(2)), b.whole(2))
    value = b.select(odd, of_cosine, of_sine)
    return b.select(over, b.ir.fneg(value), value)


def softplus(b: Builder, x: Any) -> Any:
    """ln(1 + exp(x)) = max(x, 0) + ln(1 + exp(-|x|))."""
    e = _small_exp(b, b.subtract(b.constant(0), absolute(b, x)))
    # From 1 + e above sqrt(2) on, half of it.
    large = b.ir.fcmp_ordered(">", e, b.constant(0.41421356))
    f = b.select(large, b.multiply(b.subtract(e, b.constant(1)), b.constant(0.5)), e)
    extra = b.select(large, b.constant(0.6931471805599453), b.constant(0))
    value = b.add(b.add(_log_of_one_and(b, f), extra), relu(b, x))
    return _undefined_as(b, x, value)


def log_sigmoid(b: Builder, x: Any) -> Any:
    """-softplus(-x)."""
    return negative(b, softplus(b, negative(b, x)))


def negative(b: Builder, x: Any) -> Any:
    """-x."""
    return b.ir.fneg(x)


def absolute(b: Builder, x: Any) -> Any:
    """|x|."""
    return b.of_vectors("fabs", x)


def relu(b: Builder, x: Any) -> Any:
    """max(x, 0); what is no number stays so."""
    return b.select(b.ir.fcmp_ordered("<", x, b.constant(0)), b.constant(0), x)


def sign(b: Builder, x: Any) -> Any:
    """-1, 0 or 1."""
    zero = b.constant(0)
    upper = b.select(b.ir.fcmp_ordered(">", x, zero), b.constant(1), zero)
    return b.select(b.ir.fcmp_ordered("<", x, zero), b.constant(-1), upper)


def maximum(b: Builder, x: Any, y: Any) -> Any:
    """The greater of two; what is no number stays so."""
    return b.of_vectors("maximum", x, y)


def minimum(b: Builder, x: Any, y: Any) -> Any:
    """The lesser of two; what is no number stays so."""
    return b.of_vectors("minimum", x, y)


def greater(b: Builder, x: Any, y: Any) -> Any:
    """1 where x > y, else 0."""
    return b.select(b.ir.fcmp_ordered(">", x, y), b.constant(1), b.constant(0))


def equal(b: Builder, x: Any, y: Any) -> Any:
    """1 where x = y, else 0."""
    return b.select(b.ir.fcmp_ordered("==", x, y), b.constant(1), b.constant(0))


def where(b: Builder, condition: Any, x: Any, y: Any) -> Any:
    """X where the condition is not 0, else y."""
    return b.select(b.ir.fcmp_unordered("!=", condition, b.constant(0)), x, y)


def remainder(b: Builder, x: Any, y: Any) -> Any:
    """X - y floor(x / y)."""
    quotient = b.of_vectors("floor", b.ir.fdiv(x, y))
    return b.fma(b.ir.fneg(quotient), y, x)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": Builder.add,
    "subtract": Builder.subtract,
    "multiply": Builder.multiply,
    "divide": lambda b, x, y: b.ir.fdiv(x, y),
    "negative": negative,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "exp": exp,
    "log": log,
    "sin": sine,
    "cos": cosine,
    "sqrt": lambda b, x: b.of_vectors("sqrt", x),
    "sign": sign,
    "absolute": absolute,
    "softplus": softplus,
    "log_sigmoid": log_sigmoid,
    "maximum": maximum,
    "minimum": minimum,
    "remainder": remainder,
    "greater": greater,
    "equal": equal,
    "where": where,
}
"""How each primitive is written, by its name; those not here are left to the reference."""

SAVED = {
    "sin",
    "cos",
    "sigmoid",
    "tanh",
    "exp",
    "log",
    "sqrt",
    "softplus",
    "log_sigmoid",
    "divide",
    "remainder",
}
"""What is dearer to compute again in the backward pass than to keep."""
