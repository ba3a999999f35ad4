"""The table of cells, and each cell's equations, from the cells themselves."""

import inspect
from collections.abc import Iterator

import generated
from sphinx.application import Sphinx

from recurra import cells
from recurra.language import Graph, equations, trace


def table(graphs: dict[str, Graph]) -> Iterator[str]:
    """A row a cell."""
    yield "| name | class | states | gates | numbers in a layer |"
    yield "|---|---|---|---|---|"
    for name, graph in graphs.items():
        cell = f"[`{name}`](#{name}) | `{cells.find(name).__name__}`"
        states, gates = ", ".join(graph.states), ", ".join(graph.gates) or "none"
        yield f"| {cell} | {states} | {gates} | {size(graph)} |"


def size(graph: Graph) -> str:
    """How many parameters a layer of H units has on an input of I numbers, as a formula."""
    shapes = [shape.rows + shape.columns for shape in graph.parameters.values()]
    counts = {term: shapes.count(shape) for shape, term in (("HI", "HI"), ("HH", "HH"), ("H", "H"))}
    return " + ".join(f"{count} {term}".removeprefix("1 ") for term, count in counts.items())


def section(name: str, graph: Graph) -> Iterator[str]:
    """What a cell's file says of it, and its step."""
    cell = cells.find(name)
    said, _, _ = (inspect.getdoc(cell) or "").partition("Args:")
    yield f"## {cell.__name__}\n\n{said.strip()}"
    yield from (f"```{{math}}\n{line}\n```" for line in equations(graph))
    if cell.check is not None:
        yield f"Held in the tests against `torch.nn.{cell.check.module}`."


def write(_: Sphinx) -> None:
    """Writes the page."""
    graphs = {name: trace(cells.find(name)()) for name in cells.names()}
    sections = [part for name, graph in graphs.items() for part in section(name, graph)]
    generated.write("cells.md", "\n\n".join(["\n".join(table(graphs)), *sections]) + "\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Writes the page before each build."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
