"""Options that are numbers, checked."""

from __future__ import annotations

import math
from numbers import Integral

from recurra.errors import OptionError


def whole(name: str, value: object, least: int) -> int:
    """A whole number of at least so much.

    Raises:
        OptionError: If it is none.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise OptionError(f"{name}={value!r}", f"a whole number of at least {least}")
    return int(value)


def check_training(*, learning_rate: float | None, **counts: object) -> None:
    """Checks options of a training, each of which None leaves to the data.

    Args:
        learning_rate: A finite number above 0.
        counts: Whole numbers of at least 1, by name.

    Raises:
        OptionError: If one is none.
    """
    for name, value in counts.items():
        if value is not None:
            whole(name, value, 1)
    if learning_rate is not None and not 0 < learning_rate < math.inf:
        raise OptionError(f"learning_rate={learning_rate!r}", "a finite number above 0")
