"""The independent check that a cell declares."""

from __future__ import annotations

from dataclasses import MISSING, fields

from recurra import cells
from recurra.conformance.check import NotApplicable
from recurra.conformance.same_as_cell import same_as_cell
from recurra.conformance.same_as_torch import same_as_torch
from recurra.conformance.worked_example import worked_example
from recurra.errors import ConformanceError
from recurra.language import (
    Cell,
    SameAsCell,
    SameAsONNX,
    SameAsTorch,
    SameAsTorchrecurrent,
    WorkedExample,
)


def independent_check(cell: Cell) -> str:
    """What else knows the cell, not derived from its equations, agrees with it."""
    _check_options(cell)
    match cell.check:
        case None:
            return _missing(cell)
        case SameAsTorch() as check:
            return same_as_torch(cell, check)
        case SameAsCell() as check:
            return same_as_cell(cell, check)
        case WorkedExample() as check:
            return worked_example(cell, check)
        case SameAsTorchrecurrent(module):
            raise _elsewhere(f"torchrecurrent's {module}")
        case SameAsONNX(operator):
            raise _elsewhere(f"the operator {operator} of ONNX")


def _elsewhere(stranger: str) -> NotApplicable:
    return NotApplicable(
        f"it is held against {stranger} in Recurra's own tests, which alone need that library"
    )


def _check_options(cell: Cell) -> None:
    """A check knows the cell as it usually is, but for what the check itself sets."""
    own = {"cell"}
    if isinstance(cell.check, SameAsCell | WorkedExample):
        own |= cell.check.options.keys()
    for option in fields(cell):
        value = getattr(cell, option.name)
        if option.name not in own and option.default not in {MISSING, value}:
            raise NotApplicable(
                f"it is about {option.name}={option.default!r}, not {option.name}={value!r}"
            )


def _missing(cell: Cell) -> str:
    name = cell.name
    if name in cells.names() and cells.find(name) is type(cell):
        raise ConformanceError("the cell has no independent check", "check = ... in its class")
    raise NotApplicable(
        "it declares none; numbers worked by hand from its paper, check = WorkedExample(...), "
        "would tell a wrong equation"
    )
