"""Numbers in memory, as a pass over time sees them."""

from __future__ import annotations

from dataclasses import dataclass

from recurra.language.widths import Width


@dataclass(frozen=True, eq=False)
class Array:
    """A row of numbers for each row of the batch, and mostly for each step.

    Attributes:
        name: What it is called.
        width: The numbers in a row.
        turns: Whether steps may use the same memory by turns.
        shift: 0 for the numbers of the step itself; -1 or 1 for what the array ``of`` holds at the
            step that the pass runs before or after it, and at the pass's first or last step for
            what lies at the array's edge.
    """

    name: str
    width: Width
    turns: bool = False
    shift: int = 0


@dataclass(frozen=True, eq=False)
class Bundle:
    """Arrays of one width side by side in memory."""

    name: str
    members: tuple[Array, ...]

    def follows(self, first: Array, second: Array) -> bool:
        """Whether one lies right behind another."""
        if first not in self.members or second not in self.members:
            return False
        return self.members.index(second) == self.members.index(first) + 1
