"""A cell's equations for the page, each value in them marked by where its numbers are found."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from recurra.language import Expression, Graph
from recurra.language.expression import Leaf, Linear, Vector
from recurra.language.mathml import MATHML
from recurra.language.parts import shortened
from recurra.language.typeset import Typesetter


@dataclass
class Marked(Typesetter):
    """Writes MathML in which each value that has a number a unit is ``<mrow data-ref="REF">``.

    Attributes:
        values: The nodes whose numbers are asked for, by their references.
        within: Whether what is being written is part of a product.
    """

    values: dict[str, Expression] = field(default_factory=dict)
    within: bool = False

    def name(self, node: Expression) -> str:
        """What a node is called, marked."""
        return self._marked(node, super().name(node))

    def text(self, node: Expression, *, top: bool = False) -> tuple[str, int]:
        """A node, marked if it is a product, a bias or a state."""
        outer, self.within = self.within, self.within or isinstance(node, Linear)
        written, binding = super().text(node, top=top)
        self.within = outer
        if top or node in self.names or self.within:
            return written, binding
        if isinstance(node, Leaf) and node.role == "state":
            ref = escape(f"before:{node.name}", quote=True)
            return f'<mrow data-ref="{ref}">{written}</mrow>', binding
        if isinstance(node, Linear | Vector):
            return self._marked(node, written), binding
        return written, binding

    def _marked(self, node: Expression, written: str) -> str:
        # A product is of whole vectors: the number of one unit says nothing in it.
        if self.within:
            return written
        found = [ref for ref, known in self.values.items() if known is node]
        ref = found[0] if found else f"value:{len(self.values)}"
        self.values[ref] = node
        return f'<mrow data-ref="{ref}">{written}</mrow>'


@dataclass(frozen=True)
class Typeset:
    """The equations of a cell.

    Attributes:
        lines: MathML, one equation each.
        values: The nodes whose numbers stand in them, by reference.
    """

    lines: tuple[str, ...]
    values: dict[str, Expression]


def typeset(graph: Graph) -> Typeset:
    """A cell's equations with their values marked."""
    marked = Marked(shortened(graph), MATHML)
    lines = tuple(f"<mrow>{line}</mrow>" for line in marked.lines())
    return Typeset(lines, marked.values)
