"""What a cell is checked against, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recurra.language import (
    SameAsCell,
    SameAsONNX,
    SameAsTorch,
    SameAsTorchrecurrent,
    WorkedExample,
)
from recurra.language.check import Check


def checked_against(check: Check | None) -> str:
    """The stranger that the cell's equations must agree with, as the rest of a sentence."""
    match check:
        case SameAsTorch(module, options=options):
            return f"torch.nn.{module}{_with(dict(options))}"
        case SameAsTorchrecurrent(module, options=options):
            return f"{module} of the library torchrecurrent{_with(options)}"
        case SameAsONNX(operator, attributes=attributes):
            return f"the operator {operator} of ONNX{_with(attributes)}"
        case SameAsCell(cell, parameters, held):
            theirs = {name: value for name, value in parameters.items() if type(value) is not str}
            return f"the cell {cell}{_with(theirs)}{_listed(' where ', held)}"
        case WorkedExample(x=x):
            return f"numbers worked by hand from the paper's equations, {len(x)} steps"
    return "nothing yet"


def _with(values: Mapping[str, Any]) -> str:
    return _listed(" with ", values)


def _listed(before: str, values: Mapping[str, Any]) -> str:
    said = ", ".join(f"{name} = {value}" for name, value in values.items())
    return f"{before}{said}" if said else ""
