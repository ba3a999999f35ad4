"""The table of all cells on a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from recurra.catalogue import Entry, count, entries, regularisers
from recurra.errors import CellError

WIDTH = 100
"""Where there is no terminal that has one."""


NOTE = (
    "Parameters are those of one layer, with I numbers in a step of the input and H units. "
    "Products are those with a matrix inside the loop over time, stacked matrices counted as one; "
    "a step falls into so many stages, one after another. Equations, origin and options of a cell: "
    "recurra cells NAME"
)


def show_cells(sizes: Mapping[str, int]) -> None:
    """Prints every cell and every regulariser.

    Args:
        sizes: What ``"H"`` and ``"I"`` are in the layer for which parameters are counted.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH
    console.print(_cells(sizes))
    console.print()
    console.print(_regularisers())
    console.print()
    console.print(NOTE)


def _cells(sizes: Mapping[str, int]) -> Table:
    table = _table("cell", "year", "states", "parameters")
    table.add_column(f"I={sizes['I']}, H={sizes['H']}", justify="right")
    for name in ("gates", "products", "stages"):
        table.add_column(name, justify="right")
    for entry in entries():
        table.add_row(
            entry.cell.name,
            str(entry.cell.year or ""),
            ", ".join(entry.cell.states),
            entry.formula,
            _count(entry, sizes),
            *map(str, (len(entry.gates), entry.products, entry.stages)),
        )
    return table


def _regularisers() -> Table:
    table = _table("regulariser", "what it does")
    table.columns[0].no_wrap = True
    for one in regularisers():
        options = ", ".join(f"{option.name}={option.value}" for option in one.options)
        sentence = one.citation.partition("\n\n")[0].replace("\n", " ")
        table.add_row(f"{one.name}(cell, {options})", sentence)
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column)
    return table


def _count(entry: Entry, sizes: Mapping[str, int]) -> str:
    """A cell may divide its units into parts, which not every size allows."""
    try:
        return f"{count(entry.graph.parameters.values(), sizes):,}"
    except CellError:
        return "-"
