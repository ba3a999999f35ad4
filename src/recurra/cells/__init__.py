"""Recurrent cells, one file each, and the regularisers that make cells of cells.

A new file here is a new cell; nothing else needs to know it.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil

from recurra.cells.wrappers import (
    LayerNorm,
    Projected,
    RecurrentDropout,
    VariationalDropout,
    Wrapper,
    Zoneout,
)
from recurra.errors import CellError
from recurra.language import Cell

__all__ = [
    "LayerNorm",
    "Projected",
    "RecurrentDropout",
    "VariationalDropout",
    "Wrapper",
    "Zoneout",
    "find",
    "names",
]


def names() -> list[str]:
    """The name of every cell, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg)


def find(name: str) -> type[Cell]:
    """The class of the cell that goes by ``name``.

    Raises:
        CellError: If no cell does; the nearest name is suggested.
    """
    if name not in names():
        near = difflib.get_close_matches(name.lower(), names(), n=1)
        raise CellError(
            f"the cell {name!r}",
            f"one of {', '.join(names())}",
            f"did you mean {near[0]!r}?" if near else "",
        )
    module = importlib.import_module(f"{__name__}.{name}")
    return next(
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Cell)
        and value.__module__ == module.__name__
    )


def __getattr__(name: str) -> type[Cell]:
    """``recurra.cells.LSTM`` for the class in ``lstm.py``, and so on."""
    for cell in names():
        # Not cells.lstm: that is the module, once it is imported.
        if cell.replace("_", "") == name.lower() and find(cell).__name__ == name:
            return find(cell)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
