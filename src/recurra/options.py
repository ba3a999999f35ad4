"""Options that are numbers, checked."""

from __future__ import annotations

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
