"""What a class says of itself in its docstring."""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING, Field, dataclass, fields
from textwrap import dedent
from typing import Any

from recurra.language import Cell


@dataclass(frozen=True)
class Option:
    """An option of a cell.

    Attributes:
        name: What it is called.
        value: What it is, or is if nothing is said, as it is written in Python; empty if it must
            be said.
        meaning: What the docstring says of it.
    """

    name: str
    value: str
    meaning: str


def citation(kind: type[Cell]) -> str:
    """The docstring without the options: what the cell is, and where it was published."""
    return _halves(kind)[0].strip()


def options(kind: type[Cell]) -> tuple[Option, ...]:
    """The options of a class of cells, but for the cell within."""
    # Python gives a dataclass without a docstring one that is no sentence.
    meanings = _meanings(dedent(_halves(kind)[1]))
    return tuple(
        Option(field.name, _default(field), meanings.get(field.name, ""))
        for field in fields(kind)
        if field.name != "cell"
    )


def _halves(kind: type[Cell]) -> tuple[str, str]:
    doc = inspect.cleandoc(kind.__doc__ or "")
    if doc.startswith(f"{kind.__name__}("):
        return "", ""
    before, _, after = doc.partition("\nArgs:\n")
    return before, after


def _meanings(arguments: str) -> dict[str, str]:
    """By name: an argument begins at the margin, what follows is indented."""
    found = re.findall(r"^(\w+): (.*(?:\n +.*)*)", arguments, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}


def _default(field: Field[Any]) -> str:
    if field.default is not MISSING:
        return repr(field.default)
    return "" if field.default_factory is MISSING else repr(field.default_factory())
