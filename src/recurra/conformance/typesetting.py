"""The equations on paper."""

from __future__ import annotations

import re
from itertools import product

from recurra.errors import ConformanceError
from recurra.language import LATEX, TEXT, Cell, equations, trace
from recurra.language.notation import Notation


def equations_are_whole(cell: Cell) -> str:
    """The equations can be typeset and name every parameter."""
    for training, lowest, square in product((True, False), repeat=3):
        graph = trace(cell, training=training, lowest=lowest, square=square)
        for notation in (LATEX, TEXT):
            text = "\n".join(equations(graph, notation))
            _check_braces(text)
            for name in graph.parameters:
                _check_named(name, text, notation)
    return f"{len(equations(trace(cell)))} equations"


def _check_named(name: str, text: str, notation: Notation) -> None:
    written = re.escape(notation.name(name))
    if not re.search(rf"(?<![A-Za-z0-9_]){written}(?![A-Za-z0-9_])", text):
        raise ConformanceError(f"the equations without {name}:\n{text}", "all parameters in them")


def _check_braces(text: str) -> None:
    if text.count("{") != text.count("}"):
        raise ConformanceError(f"braces that do not match:\n{text}", "as many open as closed")
