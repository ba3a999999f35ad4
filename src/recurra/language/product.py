"""A matrix times a vector."""

from __future__ import annotations

from typing import Any

from recurra.errors import CellError
from recurra.language.expression import Linear, Symbol, as_expression, varies
from recurra.language.reading import under_way
from recurra.language.widths import Width


def product(name: str, rows: Width | None, vector: Symbol, derived: Any = None) -> Linear:
    """The matrix called ``name`` times a vector.

    Args:
        name: The parameter, or the formula of a derived matrix.
        rows: The number of its rows where the cell declares it, else the hidden size.
        vector: What depends on the input or a state.
        derived: The matrix, if it is not a parameter.

    Raises:
        CellError: If the vector is the same at every step.
    """
    operand = as_expression(vector)
    if not varies(operand):
        raise CellError(
            f"the product {name} @ ... with parameters and numbers alone",
            "a product of a matrix with what depends on the input or a state",
            "make it one parameter, since it is the same at every step",
        )
    reading = under_way()
    for rule in reversed(reading.product_rules):
        operand = rule(operand)
    if derived is not None:
        reading.derived[name] = derived
    return Linear(name, operand, result_width=rows or "H")
