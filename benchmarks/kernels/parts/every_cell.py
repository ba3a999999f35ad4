"""Every cell but those that torch.nn has."""

from __future__ import annotations

from figures import Row
from parts import budgeted
from settings import Settings

from recurra import cells

IN_TORCH = {"elman", "gru", "lstm"}


def rows(settings: Settings) -> list[Row]:
    """The rows of each cell."""
    names = [name for name in settings.chosen(cells.names()) if name not in IN_TORCH]
    return [row for name in names for row in budgeted.rows(name, name, settings)]
