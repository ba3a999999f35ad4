"""A cell as plain data, and back: what a file keeps of it, since files hold no code.

A cell of the package is its name and its options, and is made again of them. Of a cell of the
user's own the class's name, the options and the equations are kept, by which the cell can be told
from another; the code must be given again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from numbers import Integral, Real
from typing import Any, TypeAlias

from recurra import cells
from recurra.cells import wrappers
from recurra.errors import OptionError
from recurra.language import TEXT, Cell, equations, trace

Description: TypeAlias = Mapping[str, Any]
"""``cell``, a name; ``cell_options`` by name, cells within described likewise; and ``equations`` of
a cell of the user's own."""


def describe(cell: Cell) -> dict[str, Any]:
    """The cell as data that JSON can hold.

    Raises:
        CellError: If its equations cannot be read.
        OptionError: If it is of the package and an option is something that JSON does not know.
    """
    name = _name_in_package(cell)
    if name is None:
        return {
            "cell": type(cell).__name__,
            "cell_options": dict(_plain_options(cell, strict=False)),
            "equations": _equations(cell),
        }
    return {"cell": name, "cell_options": dict(_plain_options(cell, strict=True))}


def restore(description: Description) -> Cell:
    """The cell that was described, all of whose parts are of the package.

    Raises:
        CellError: If a name is no cell, or an option out of its range.
        LookupError, TypeError: If the description is not whole.
    """
    name = description["cell"]
    kind = getattr(wrappers, name) if name in wrappers.__all__ else cells.find(name)
    options = {key: _restored(value) for key, value in description["cell_options"].items()}
    made: Cell = kind(**options)
    return made


def own_cells(description: Description) -> list[Description]:
    """The parts that are the user's own, the outermost first."""
    parts = [description] if "equations" in description else []
    inner = (value for value in description["cell_options"].values() if isinstance(value, Mapping))
    return [*parts, *(part for value in inner for part in own_cells(value))]


def written(description: Description) -> str:
    """The description as one would write the cell in Python."""
    said = ", ".join(f"{key}={_said(value)}" for key, value in description["cell_options"].items())
    return f"{description['cell']}({said})"


def differences(kept: Description, given: Description) -> list[str]:
    """In what a given cell differs from a kept one, a line each; what own classes are called aside.

    Args:
        kept: From the file.
        given: What :func:`describe` says of the other.
    """
    if _kind(kept) != _kind(given):
        return _told(written(kept), written(given))
    options = _differing_options(kept["cell_options"], given["cell_options"])
    return options + _differing_equations(kept.get("equations", []), given.get("equations", []))


def _kind(description: Description) -> str:
    """What must be the same: the name, which is free where the class is the user's own."""
    return "own" if "equations" in description else str(description["cell"])


def _name_in_package(cell: Cell) -> str | None:
    """What the package finds the class of the cell by."""
    kind, name = type(cell), type(cell).__name__
    if name in wrappers.__all__ and getattr(wrappers, name) is kind:
        return name
    file = cell.name
    return file if file in cells.names() and cells.find(file) is kind else None


def _equations(cell: Cell) -> list[str]:
    """Those of the lowest layer, and of one above it if the cell sees the layer beneath."""
    above = equations(trace(cell, lowest=False), TEXT) if "below" in cell.inputs else []
    return [*equations(trace(cell), TEXT), *above]


def _plain_options(cell: Cell, *, strict: bool) -> Iterator[tuple[str, Any]]:
    """The options as plain data; where ``strict`` is off, without those that are something else.

    What an own cell does with such an option, a function say, its equations show.
    """
    for option in fields(cell):
        value = getattr(cell, option.name)
        try:
            yield option.name, _plain(value)
        except TypeError as error:
            if strict:
                raise OptionError(
                    f"{option.name}={value!r} in {cell.name}, to be kept in a file",
                    "a finite number, a text, None, or a tuple of these",
                ) from error


def _plain(value: object) -> Any:
    match value:
        case Cell():
            return describe(value)
        case None | bool() | str():
            return value
        case Integral():
            return int(value)
        case Real() if math.isfinite(value):
            return float(value)
        case tuple():
            return [_plain(part) for part in value]
    raise TypeError(type(value))


def _restored(value: Any) -> Any:
    match value:
        case Mapping():
            return restore(value)
        case list():
            return tuple(_restored(part) for part in value)
    return value


def _said(value: Any) -> str:
    return written(value) if isinstance(value, Mapping) else repr(_restored(value))


def _differing_options(kept: Description, given: Description) -> list[str]:
    """Options that are there in both: what a new or a former one does, the equations show."""
    found: list[str] = []
    for name in kept:
        mine, theirs = kept[name], given.get(name, kept[name])
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            found += differences(mine, theirs)
        elif mine != theirs:
            found.append(f"{name}={_said(mine)} in the file, {name}={_said(theirs)} given")
    return found


def _differing_equations(kept: list[str], given: list[str]) -> list[str]:
    """Those of one that the other lacks, beside what the other has in their place."""
    mine = {_left(line): line for line in kept if line not in given}
    theirs = {_left(line): line for line in given if line not in kept}
    pairs = (_told(mine.get(left, _NONE), theirs.get(left, _NONE)) for left in {**mine, **theirs})
    return [line for pair in pairs for line in pair]


_NONE = "no such equation"


def _left(equation: str) -> str:
    return equation.partition(" = ")[0]


def _told(kept: str, given: str) -> list[str]:
    return [f"in the file: {kept}", f"given:       {given}"]
