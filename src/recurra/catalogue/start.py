"""What parameters start from, in words."""

from __future__ import annotations

from recurra.language import (
    Chrono,
    Filled,
    GlorotUniform,
    Identity,
    Initial,
    Normal,
    Orthogonal,
    Uniform,
)

USUAL = "matrices of the input Glorot-uniform, other matrices orthogonal, all else 0"
"""Where a cell says nothing."""


def start(rule: Initial) -> str:
    """An initial value as one would say it."""
    match rule:
        case Filled(value):
            return f"{value:g}"
        case Uniform(low, high):
            return f"uniform from {low:g} to {high:g}"
        case Normal(std):
            return f"normal about 0 with standard deviation {std:g}"
        case GlorotUniform():
            return "Glorot-uniform"
        case Orthogonal():
            return "orthogonal"
        case Identity(scale):
            return "the identity" + (f" times {scale:g}" if scale != 1 else "")
        case Chrono(longest, sign):
            return f"{'-' if sign < 0 else ''}ln(uniform from 1 to {longest - 1:g})"
    return repr(rule)
