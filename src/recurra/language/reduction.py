"""Sums over the units of a vector, and what is made of them."""

from __future__ import annotations

from recurra.language.expression import Operand, Pointwise, Size, Total, as_expression
from recurra.language.primitives import sqrt


def total(a: Operand) -> Total:
    """The sum over all units, one number a row."""
    return Total(as_expression(a))


def mean(a: Operand) -> Pointwise:
    """The mean over all units, one number a row."""
    vector = as_expression(a)
    return total(vector) / Size(vector.width)


def normalised(a: Operand, epsilon: float = 1e-5) -> Pointwise:
    """The vector with its mean over units taken off, divided by its standard deviation.

    Ba, Kiros & Hinton 2016 (arXiv:1607.06450, eq. 4), the variance over all units and not one less.

    Args:
        a: The vector.
        epsilon: Added to the variance, so that equal units give 0.
    """
    vector = as_expression(a)
    centred = vector - mean(vector)
    return centred / sqrt(mean(centred * centred) + epsilon)
