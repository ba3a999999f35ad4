"""All that there is to say of one cell, in plain characters."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from recurra.catalogue import (
    Entry,
    Option,
    Regulariser,
    checked_against,
    count,
    entries,
    regularisers,
    start,
)
from recurra.catalogue.start import USUAL
from recurra.language import TEXT, Cell, Shape, equations, trace
from recurra.language.expression import Leaf

WIDTH = 100


def cell_page(entry: Entry, sizes: Mapping[str, int]) -> str:
    """What a cell is, its equations, and what follows from them.

    Args:
        entry: The cell.
        sizes: What ``"H"`` and ``"I"`` are in the layer for which parameters are counted.

    Raises:
        CellError: If its equations cannot be read, or cannot have these sizes.
    """
    parts = [_title(entry.cell), _plain(entry.citation), _indented(entry.equations(TEXT))]
    if above := entry.equations_above(TEXT):
        parts += ["In the layers above the lowest:", _indented(above)]
    if training := entry.equations_in_training(TEXT):
        parts += ["In training:", _indented(training)]
    parts.append(_listed([*_facts(entry, sizes), *_options(entry.options)]))
    return "\n\n".join(part for part in parts if part)


def regulariser_page(regulariser: Regulariser) -> str:
    """What a regulariser is, and what it makes of a cell in training."""
    name, example = regulariser.name, regulariser.example()
    unsuited = [entry.cell.name for entry in entries() if not regulariser.suits(entry.cell)]
    facts = [("Suits", "every cell" + (f" but {', '.join(unsuited)}" if unsuited else ""))]
    return "\n\n".join(
        [
            f"{name} (recurra.cells.{name})",
            _plain(regulariser.citation),
            f"{example.name} in training:",
            _indented(equations(trace(example, training=True), TEXT)),
            _listed([*facts, *_options(regulariser.options)]),
        ]
    )


def _title(cell: Cell) -> str:
    """Its name, where it is found in Python, and its year."""
    kind = type(cell)
    home = "recurra.cells" if kind.__module__.startswith("recurra.cells.") else kind.__module__
    year = f", {cell.year}" if cell.year else ""
    return f"{cell.name} ({home.removeprefix('own.')}.{kind.__name__}{year})"


def _facts(entry: Entry, sizes: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    cell, shapes = entry.cell, entry.graph.parameters
    total = count(shapes.values(), sizes)
    states = ", ".join(_state(leaf) for leaf in entry.graph.states.values())
    yield "States", states + ("" if cell.output else "; the first is the output")
    if cell.output:
        yield "Output", cell.output
    if cell.inputs:
        yield "Also sees", ", ".join(cell.inputs)
    yield "Gates", ", ".join(entry.gates) or "none"
    yield (
        "Parameters",
        f"{entry.formula}: {total:,} for I = {sizes['I']}, H = {sizes['H']}. "
        + ", ".join(f"{name} {_shape(shape)}" for name, shape in shapes.items()),
    )
    rules = [f"{name} {start(rule)}" for name, rule in cell.initial.items()]
    yield "Start", "; ".join([*rules, USUAL])
    yield (
        "A step",
        f"{_counted(entry.products, 'product')} with a matrix inside the loop over time, in "
        f"{_counted(entry.stages, 'stage')}",
    )
    suited = [one.name for one in regularisers() if one.suits(cell)]
    yield "Regularisers", ", ".join(suited) or "none"
    yield "Checked by", checked_against(cell.check)


def _options(options: Iterable[Option]) -> Iterator[tuple[str, str]]:
    for place, option in enumerate(options):
        given = f"{option.name}={option.value or '...'}"
        yield "" if place else "Options", f"{given}: {_plain(option.meaning)}"


def _state(leaf: Leaf) -> str:
    return leaf.name if leaf.width == "H" else f"{leaf.name} ({leaf.width})"


def _shape(shape: Shape) -> str:
    return f"({shape.rows}, {shape.columns})" if shape.is_matrix else f"({shape.rows})"


def _counted(number: int, what: str) -> str:
    return f"{number or 'no'} {what}" + ("" if number == 1 else "s")


def _plain(text: str) -> str:
    return text.replace("``", "")


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(_wrapped(line, " " * 4, " " * 8) for line in lines)


def _listed(facts: Iterable[tuple[str, str]]) -> str:
    """Words on the left, what they mean on the right."""
    return "\n".join(_wrapped(text, f"{word:<14}", " " * 14) for word, text in facts)


def _wrapped(text: str, first: str, others: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
