"""The table of cells, and each cell's equations, from the cells themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import generated

from recurra.catalogue import (
    Entry,
    Option,
    Regulariser,
    checked_against,
    entries,
    regularisers,
    start,
)
from recurra.catalogue.start import USUAL
from recurra.language import LATEX, equations, trace

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HEAD = "| name | year | states | gates | numbers in a layer | products | stages |"


def table(cells: Iterable[Entry]) -> str:
    """A row a cell."""
    return "\n".join([HEAD, "|---|---|---|---|---|--:|--:|", *map(row, cells)])


def row(entry: Entry) -> str:
    """A line of the table."""
    cell = entry.cell
    return (
        f"| [`{cell.name}`](#{cell.name}) | {cell.year or ''} | {', '.join(cell.states)} "
        f"| {', '.join(entry.gates) or 'none'} | {together(entry.formula)} "
        f"| {entry.products} | {entry.stages} |"
    )


def together(formula: str) -> str:
    """The formula, broken into lines between its terms alone."""
    return " + ".join(term.replace(" ", "\N{NO-BREAK SPACE}") for term in formula.split(" + "))


def section(entry: Entry) -> Iterator[str]:
    """What a cell's file says of it, its step, and what it is checked against."""
    cell = entry.cell
    yield f"## {cell.name}"
    yield f"`recurra.cells.{type(cell).__name__}`"
    yield entry.citation
    yield from typeset(entry.equations(LATEX))
    if above := entry.equations_above(LATEX):
        yield "In the layers above the lowest:"
        yield from typeset(above)
    rules = [f"`{name}` {start(rule)}" for name, rule in cell.initial.items()]
    if rules:
        yield f"Starts: {', '.join(rules)}; {USUAL}."
    yield from options(entry.options)
    yield f"Checked against {checked_against(cell.check)}."


def typeset(lines: Iterable[str]) -> Iterator[str]:
    """Equations, each on a line of its own."""
    return (f"```{{math}}\n{line}\n```" for line in lines)


def options(known: tuple[Option, ...]) -> Iterator[str]:
    """Options as a table, if there are any."""
    if known:
        rows = [f"| `{o.name}` | `{o.value}` | {o.meaning} |" for o in known]
        yield "\n".join(["| option | without it | what it is |", "|---|---|---|", *rows])


def changes(one: Regulariser) -> Iterator[str]:
    """What a regulariser's file says of it, and what it makes of a cell."""
    yield f"## {one.name}"
    yield f"`recurra.cells.{one.name}(cell, ...)`"
    yield one.citation
    example = one.example()
    yield f"`{example.name}` in training:"
    yield from typeset(equations(trace(example, training=True), LATEX))
    yield from options(one.options)
    unsuited = [f"`{e.cell.name}`" for e in entries() if not one.suits(e.cell)]
    yield f"Suits every cell{' but ' if unsuited else ''}{', '.join(unsuited)}."


def page() -> str:
    """The whole page."""
    cells, around = entries(), regularisers()
    parts = [table(cells)]
    parts += [part for entry in cells for part in section(entry)]
    parts += [part for one in around for part in changes(one)]
    return "\n\n".join(parts) + "\n"


def write(_: Sphinx) -> None:
    """Writes the page."""
    generated.write("cells.md", page())


def setup(app: Sphinx) -> dict[str, bool]:
    """Writes the page before each build."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
