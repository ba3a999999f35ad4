"""The options of decoders, checked."""

from __future__ import annotations

import math
from numbers import Real

from recurra.errors import OptionError
from recurra.options import whole


def mark(value: object) -> int | None:
    """The end mark: a symbol, or None."""
    return None if value is None else whole("end", value, 0)


def weight(name: str, value: object) -> float:
    """A finite number of at least 0."""
    found = finite(name, value)
    if found < 0:
        raise OptionError(f"{name}={value!r}", "a finite number of at least 0")
    return found


def finite(name: str, value: object) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise OptionError(f"{name}={value!r}", "a finite number")
    return float(value)
