"""A cell as it stands in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, replace

from recurra.catalogue import described
from recurra.catalogue.described import Option
from recurra.catalogue.formula import formula
from recurra.cells import find, names
from recurra.language import Cell, Graph, equations, schedule, trace
from recurra.language.notation import Notation


@dataclass(frozen=True)
class Entry:
    """A cell and what can be said of it.

    Attributes:
        cell: The cell, with its options.
    """

    cell: Cell

    @property
    def graph(self) -> Graph:
        """Its equations in the lowest layer, as they are in evaluation."""
        return trace(self.cell)

    @property
    def gates(self) -> tuple[str, ...]:
        """Its gates in words, in the order in which they are written."""
        return tuple(self.graph.gates)

    @property
    def formula(self) -> str:
        """How many numbers its parameters have, in H and I."""
        return formula(self.graph.parameters.values())

    @property
    def products(self) -> int:
        """How many products with a state a step takes, stacked matrices counted as one."""
        return sum(len(stage.products) for stage in schedule(self.graph).stages)

    @property
    def stages(self) -> int:
        """Into how many stages, one after another, a step falls."""
        return len(schedule(self.graph).stages)

    @property
    def citation(self) -> str:
        """What it is, and where it was published."""
        return described.citation(type(self.cell))

    @property
    def options(self) -> tuple[Option, ...]:
        """Its options, with the values that they have."""
        return tuple(
            replace(option, value=repr(getattr(self.cell, option.name)))
            for option in described.options(type(self.cell))
        )

    def equations(self, notation: Notation) -> list[str]:
        """Its equations in the lowest layer."""
        return equations(self.graph, notation)

    def equations_above(self, notation: Notation) -> list[str]:
        """Its equations in the layers above that; none if they are the same."""
        if "below" not in self.cell.inputs:
            return []
        return equations(trace(self.cell, lowest=False), notation)

    def equations_in_training(self, notation: Notation) -> list[str]:
        """Its equations where chance takes part; none if it never does."""
        graph = trace(self.cell, training=True)
        return equations(graph, notation) if graph.randoms else []


def entries() -> list[Entry]:
    """Every cell of the package, by name."""
    return [Entry(find(name)()) for name in names()]
