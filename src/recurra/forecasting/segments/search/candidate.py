"""What a search tries."""

from __future__ import annotations

from dataclasses import dataclass

from recurra.forecasting.segments.settings import Settings
from recurra.language import Cell


@dataclass(frozen=True)
class Candidate:
    """All that makes a network.

    Attributes:
        settings: Its settings.
        cell: Its cell, or the cell's name.
    """

    settings: Settings
    cell: Cell | str
