"""A cell of one's own, that of the tutorial."""

from __future__ import annotations

from figures import Row
from own_cell import Leaky
from parts import budgeted
from settings import Settings


def rows(settings: Settings) -> list[Row]:
    """As for every cell."""
    return budgeted.rows("Leaky", Leaky(), settings)
