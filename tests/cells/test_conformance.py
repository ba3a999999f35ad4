"""Every cell keeps to what all must keep to. Nothing here knows any cell: a new file is found.

`make test` runs this on a few cells that have between them all that the language has, and on the
LSTM within each regulariser; `make conformance` on all cells, with their options and regularisers.
"""

from collections.abc import Iterator
from dataclasses import MISSING, fields, replace
from types import NoneType
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from recurra import cells
from recurra.cells import (
    LayerNorm,
    RecurrentDropout,
    VariationalDropout,
    Wrapper,
    Zoneout,
    wrappers,
)
from recurra.conformance import CHECKS, examine
from recurra.errors import CellError
from recurra.language import SameAsCell, WorkedExample, trace

ARCHETYPES = ("clockwork", "elman", "gru", "gru_d", "lstm", "lstm_peephole", "qrnn", "slstm")


def options(kind) -> Iterator:
    """A class's cells with options other than usual: named choices, small numbers, its check's."""
    usual, hints = kind(), get_type_hints(kind)
    for field in fields(kind):
        choices = get_args(hints[field.name])
        if get_origin(hints[field.name]) is Literal:
            chosen = [choice for choice in choices if choice != field.default]
        else:
            chosen = [2] if {int, NoneType} == {*choices} else []
        for choice in chosen:
            yield replace(usual, **{field.name: choice})
    if isinstance(usual.check, SameAsCell | WorkedExample) and usual.check.options:
        yield replace(usual, **usual.check.options)


def regularised(cell) -> Iterator:
    """A cell within each regulariser, and within several."""
    for name in wrappers.__all__:
        kind = getattr(wrappers, name)
        needed = [f.name for f in fields(kind) if f.default is MISSING and f.name != "cell"]
        if kind is not Wrapper:
            yield kind(cell, **dict.fromkeys(needed, 3))
    yield Zoneout(VariationalDropout(RecurrentDropout(LayerNorm(cell))))


def subjects() -> Iterator[tuple]:
    """Every cell to be tested, what it is called, and whether always or in `make conformance`."""
    for name in cells.names():
        kind = cells.find(name)
        yield kind(), name, name in ARCHETYPES
        for cell in options(kind):
            yield cell, repr(cell).replace(" ", ""), False
    for name in ARCHETYPES:
        for cell in filter(accepted, regularised(cells.find(name)())):
            yield cell, wrapped(cell), name == "lstm"


def accepted(cell) -> bool:
    """Whether a regulariser can do with the cell; if not it says why, which others test."""
    try:
        trace(cell, training=True)
    except CellError:
        return False
    return True


def wrapped(cell) -> str:
    """All that a cell is made of, the outermost first."""
    if not isinstance(cell, Wrapper):
        return cell.name
    return f"{type(cell).__name__}({wrapped(cell.cell)})"


def pairs() -> Iterator:
    """Every cell with every check."""
    for cell, label, always in subjects():
        for check in CHECKS:
            marks = () if always else pytest.mark.every_cell
            name = f"{label}-{check.name.replace(' ', '_')}"
            yield pytest.param(cell, label, check, id=name, marks=marks)


@pytest.mark.parametrize(("cell", "label", "check"), [*pairs()])
def test_the_cell_keeps_to_it(cell, label, check, record_property):
    finding = examine(cell, check)
    record_property("conformance", (label, check.name, finding.outcome, finding.detail))
    assert finding.outcome != "fails", f"{label}: {finding.check}\n{finding.detail}"


def test_the_cells_that_are_always_tested_are_there():
    assert {*ARCHETYPES} <= {*cells.names()}


@pytest.mark.parametrize("name", cells.names())
def test_a_cell_of_the_package_declares_a_check_and_cites_its_source(name):
    cell = cells.find(name)()
    assert cell.check is not None
    assert any(character.isdigit() for character in cell.__doc__)
