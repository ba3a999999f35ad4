"""Zoneout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recurra.cells.wrappers.wrapper import Wrapper, results, share
from recurra.errors import CellError
from recurra.language import Expression, Parameters, either


@dataclass(frozen=True)
class Zoneout(Wrapper):
    """Each unit of each state keeps its former value by chance, anew at each step.

    Krueger et al. 2016 (arXiv:1606.01305, eq. 2 and 3). In evaluation a state moves as far as it
    does on average. States that do not have the hidden size, kept for bookkeeping, are left alone.

    Args:
        cell: The cell.
        rate: The chance of a unit to keep its value, from 0 up to but not 1; one number, or one for
            each of the cell's states, as (0.1, 0.5) for h and c of an LSTM.
    """

    rate: float | tuple[float, ...] = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        rates = self.rate if isinstance(self.rate, tuple) else (self.rate,)
        for rate in rates:
            share("rate", rate)
        if len(rates) not in {1, len(self.states)}:
            raise CellError(
                f"rate={self.rate} for the cell {self.cell.name}",
                f"one number, or one for each of its states: {', '.join(self.states)}",
            )

    @property
    def rates(self) -> dict[str, float]:
        """The chance of each state's units to keep their values."""
        rates = self.rate if isinstance(self.rate, tuple) else (self.rate,) * len(self.states)
        return dict(zip(self.states, rates, strict=True))

    def step(
        self, p: Parameters, x: Expression, *states: Expression, **inputs: Any
    ) -> tuple[Expression, ...]:
        """Take the step, then keep some of what was."""
        stepped = results(self.cell.step(p, x, *states, **inputs))
        output, new = stepped[: -len(states)], stepped[-len(states) :]
        kept = [
            either(rate, old, value, key=f"zoneout {name}") if old.width == "H" and rate else value
            for (name, rate), old, value in zip(self.rates.items(), states, new, strict=True)
        ]
        return (*output, *kept)
