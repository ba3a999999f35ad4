"""Recurrent dropout without loss of memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recurra.cells.wrappers.wrapper import Wrapper, share
from recurra.errors import CellError
from recurra.language import Expression, Parameters, either
from recurra.language.reading import each_gate


@dataclass(frozen=True)
class RecurrentDropout(Wrapper):
    """Units of the candidate, what is proposed as new content, are left out by chance.

    Semeniuta, Severyn & Barth 2016 (arXiv:1603.05118, eq. 14 for the LSTM and 15 for the GRU): what
    a cell remembers is never erased, only not added to. What is kept is divided by the chance of
    being kept, so evaluation leaves the cell as it is.

    Args:
        cell: A cell that names a gate ``"candidate"``.
        rate: The chance of being left out, from 0 up to but not 1.
    """

    rate: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        share("rate", self.rate)

    def step(
        self, p: Parameters, x: Expression, *states: Expression, **inputs: Any
    ) -> Expression | tuple[Expression, ...]:
        """Take the step with part of the candidate left out."""
        met = []

        def dropped(name: str, value: Expression) -> Expression:
            if name != "candidate":
                return value
            met.append(name)
            return either(self.rate, 0.0, value / (1 - self.rate), key="candidate")

        with each_gate(dropped):
            stepped: Expression | tuple[Expression, ...]
            stepped = self.cell.step(p, x, *states, **inputs)
        if not met:
            raise CellError(
                f"RecurrentDropout of {self.cell.name}, which names no candidate",
                "a cell with gate('candidate', ...) around what it proposes as new content",
                "use Zoneout or VariationalDropout",
            )
        return stepped
