"""The options of a task, checked."""

from __future__ import annotations

import math

from recurra.errors import OptionError


def not_negative(name: str, value: float) -> float:
    """A finite number of at least 0."""
    if not (math.isfinite(value) and value >= 0):
        raise OptionError(f"{name}={value!r}", "a finite number, 0 or more")
    return value
