"""Between which values a node of a cell's equations lies, whatever its inputs are."""

from __future__ import annotations

import math
from typing import TypeAlias

from recurra.language.expression import Constant, Expression, PerUnit, Pointwise, Spread
from recurra.language.primitives import PRIMITIVES

Bounds: TypeAlias = tuple[float, float]

_ANY = (-math.inf, math.inf)


def bounds(node: Expression) -> Bounds:
    """The least and greatest value of a node, infinite where nothing is known."""
    match node:
        case Constant(value):
            return value, value
        case PerUnit(values):
            return min(values), max(values)
        case Spread(operand):
            return bounds(operand)
        case Pointwise(primitive, arguments):
            return _pointwise(primitive, [bounds(argument) for argument in arguments])
    return _ANY


def _pointwise(primitive: str, given: list[Bounds]) -> Bounds:
    match primitive, given:
        case "add", [(a, b), (c, d)]:
            return a + c, b + d
        case "subtract", [(a, b), (c, d)]:
            return a - d, b - c
        case "negative", [(a, b)]:
            return -b, -a
        case "multiply", [first, second]:
            return _product(first, second)
        case "maximum", [(a, b), (c, d)]:
            return max(a, c), max(b, d)
        case "minimum", [(a, b), (c, d)]:
            return min(a, c), min(b, d)
        case "where", [_, (a, b), (c, d)]:
            return min(a, c), max(b, d)
    return PRIMITIVES[primitive].range


def _product(first: Bounds, second: Bounds) -> Bounds:
    ends = [a * b for a in first for b in second]
    # Zero times infinity may be anything.
    return _ANY if any(math.isnan(end) for end in ends) else (min(ends), max(ends))
