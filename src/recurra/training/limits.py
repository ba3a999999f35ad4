"""Checks of options that must lie in a range."""

from __future__ import annotations

import math

from recurra.errors import OptionError


def at_least(lowest: int, **options: float | None) -> None:
    """Checks numbers, given by name; one that is None is not set and passes.

    Raises:
        OptionError: One is smaller than `lowest`.
    """
    for name, value in options.items():
        if value is not None and not value >= lowest:
            raise OptionError(f"{name} is {value}.", f"{lowest} or more", f"raise {name}")


def positive(**options: float) -> None:
    """Checks numbers, given by name, that must be finite and above 0.

    Raises:
        OptionError: One is not.
    """
    for name, value in options.items():
        if not (math.isfinite(value) and value > 0):
            raise OptionError(
                f"{name} is {value}.", "a finite number above 0", f"give {name} such a number"
            )


def fraction(**options: float) -> None:
    """Checks numbers, given by name, that must be at least 0 and below 1.

    Raises:
        OptionError: One is not.
    """
    for name, value in options.items():
        if not 0 <= value < 1:
            raise OptionError(
                f"{name} is {value}.", "a number from 0 to below 1", f"give {name} such a number"
            )


def not_negative(**options: float) -> None:
    """Checks numbers, given by name, that must be finite and at least 0.

    Raises:
        OptionError: One is not.
    """
    for name, value in options.items():
        if not (math.isfinite(value) and value >= 0):
            raise OptionError(
                f"{name} is {value}.", "a finite number, 0 or more", f"give {name} such a number"
            )
