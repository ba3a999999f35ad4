"""A projection of the output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recurra.cells.wrappers.wrapper import Wrapper, results
from recurra.errors import CellError
from recurra.language import Expression, Parameters, Width


@dataclass(frozen=True)
class Projected(Wrapper):
    """The output is brought to another width, and used again by the cell as it then is.

    Sak, Senior & Beaufays 2014 (arXiv:1402.1128, section 2.1, r_t = W_rm m_t). The matrix is
    ``P``. A cell whose output is apart from its states only has its output projected.

    Args:
        cell: A cell that uses its first state in products alone.
        size: The new width, at least 1.
    """

    size: int

    @property
    def widths(self) -> Mapping[str, Width]:
        """The first state, or the output, has the new width."""
        projected = self.cell.output or self.cell.states[0]
        return {**self.cell.widths, projected: self.size, "P": self.size}

    @property
    def name(self) -> str:
        """That of the cell within."""
        return self.cell.name

    def step(
        self, p: Parameters, x: Expression, *states: Expression, **inputs: Any
    ) -> tuple[Expression, ...]:
        """Take the step, then project."""
        try:
            first, *rest = results(self.cell.step(p, x, *states, **inputs))
        except CellError as error:
            raise CellError(
                f"proj_size={self.size} for the cell {self.cell.name}\n{error.given}",
                "a cell that uses its first state in products alone, as lstm does",
                "leave proj_size out",
            ) from error
        return (p.P @ first, *rest)
