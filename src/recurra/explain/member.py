"""Which of several networks that answer together is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from recurra.errors import OptionError
from recurra.options import whole

Network = TypeVar("Network")


def member(networks: Sequence[Network], number: int) -> tuple[Network, tuple[str, ...]]:
    """One of the networks that answer together, and what is said of the choice.

    Args:
        networks: At least one.
        number: Which, from 1.

    Raises:
        OptionError: If there is no such network.
    """
    whole("network", number, 1)
    count = len(networks)
    if number > count:
        raise OptionError(
            f"network={number} of a model of {count} {'network' if count == 1 else 'networks'}",
            "1" if count == 1 else f"from 1 to {count}",
        )
    said = f"of the {count} networks that answer together, number {number} is shown"
    return networks[number - 1], (said,) * (count > 1)
