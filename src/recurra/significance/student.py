"""Student's t distribution with whole degrees of freedom, whose tail is a finite sum."""

from __future__ import annotations

import math

from recurra.errors import OptionError


def two_sided(statistic: float, freedom: int) -> float:
    """How often chance alone gives a statistic at least that far from 0.

    Abramowitz & Stegun 1964, equations 26.7.3 and 26.7.4. The relative error is below 1e-9 for
    probabilities above 1e-5; smaller ones are right to 1e-14.

    Args:
        statistic: t.
        freedom: Degrees of freedom, at least 1.

    Returns:
        A probability.

    Raises:
        OptionError: If there is no degree of freedom.
    """
    if freedom < 1:
        raise OptionError(f"{freedom} degrees of freedom", "at least 1")
    angle = math.atan(abs(statistic) / math.sqrt(freedom))
    within = _even(angle, freedom) if freedom % 2 == 0 else _odd(angle, freedom)
    return min(1.0, max(0.0, 1.0 - within))


def _even(angle: float, freedom: int) -> float:
    square = math.cos(angle) ** 2
    term = total = 1.0
    for number in range(1, freedom // 2):
        term *= square * (2 * number - 1) / (2 * number)
        total += term
    return math.sin(angle) * total


def _odd(angle: float, freedom: int) -> float:
    cosine = math.cos(angle)
    term, total = cosine, cosine if freedom > 1 else 0.0
    for number in range(1, (freedom - 1) // 2):
        term *= cosine**2 * 2 * number / (2 * number + 1)
        total += term
    return 2 / math.pi * (angle + math.sin(angle) * total)
