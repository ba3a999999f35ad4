"""What is noted while a cell's step is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from recurra.errors import CellError

if TYPE_CHECKING:
    from recurra.language.expression import Expression, Leaf, Random

GateRule = Callable[[str, "Expression"], "Expression"]
ProductRule = Callable[["Expression"], "Expression"]


@dataclass
class Reading:
    """One reading of a step.

    Attributes:
        x: The input.
        training: Whether it is read as it is in training, where chance takes part.
        square: Whether the input is as wide as the hidden state.
        gates: What the step named, in order.
        earlier: The inputs of earlier steps it asked for, by how many steps.
        randoms: The random numbers it asked for, by key.
        derived: The matrices derived from parameters that it multiplied by, by formula.
        gate_rules: What regularisers do to each gate, the outermost first.
        product_rules: What regularisers do to each vector before a matrix multiplies it.
    """

    x: Leaf
    training: bool
    square: bool
    gates: dict[str, Expression] = field(default_factory=dict)
    earlier: dict[int, Leaf] = field(default_factory=dict)
    randoms: dict[str, Random] = field(default_factory=dict)
    derived: dict[str, Any] = field(default_factory=dict)
    gate_rules: list[GateRule] = field(default_factory=list)
    product_rules: list[ProductRule] = field(default_factory=list)

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Makes this the reading under way in its thread."""
        before = _UNDER_WAY.set(self)
        try:
            yield
        finally:
            _UNDER_WAY.reset(before)


_UNDER_WAY: ContextVar[Reading | None] = ContextVar("reading under way", default=None)


def under_way() -> Reading:
    """The reading under way.

    Raises:
        CellError: If none is: steps are only ever called by :func:`recurra.language.trace`.
    """
    reading = _UNDER_WAY.get()
    if reading is None:
        raise CellError(
            "a part of a cell's step used outside a step",
            "gates, products and chance within step(self, p, x, ...)",
            "look at a cell with recurra.language.trace(cell)",
        )
    return reading


@contextmanager
def each_gate(rule: GateRule) -> Iterator[None]:
    """While it lasts, every gate becomes what ``rule(name, value)`` makes of it."""
    rules = under_way().gate_rules
    rules.append(rule)
    yield
    rules.remove(rule)


@contextmanager
def each_product(rule: ProductRule) -> Iterator[None]:
    """While it lasts, every vector that enters a product becomes what ``rule`` makes of it."""
    rules = under_way().product_rules
    rules.append(rule)
    yield
    rules.remove(rule)
