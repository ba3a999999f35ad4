"""One thing that every cell must keep to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from recurra.language import Cell


@dataclass(frozen=True)
class Check:
    """One thing that every cell must keep to.

    Attributes:
        name: What holds, as a plain sentence.
        run: Tries it on a cell and says what it saw, with figures. It raises a
            :class:`~recurra.errors.ConformanceError` where the cell does not keep to it, and
            :class:`NotApplicable` where there is nothing to keep to.
    """

    name: str
    run: Callable[[Cell], str]


class NotApplicable(Exception):  # noqa: N818 - it is not an error
    """A check asks nothing of this cell; it says why."""
