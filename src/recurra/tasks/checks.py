"""The options of a task, checked."""

from __future__ import annotations

import math
from numbers import Integral

from recurra.errors import OptionError


def whole(name: str, value: object, least: int) -> int:
    """A whole number that is at least so much."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise OptionError(f"{name}={value!r}", f"a whole number of at least {least}")
    return int(value)


def not_negative(name: str, value: float) -> float:
    """A finite number of at least 0."""
    if not (math.isfinite(value) and value >= 0):
        raise OptionError(f"{name}={value!r}", "a finite number, 0 or more")
    return value
