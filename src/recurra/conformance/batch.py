"""What a layer is called on in a check, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call

from recurra.conformance.carried import Carried, part_of, taken_apart
from recurra.layers import Recurrent
from recurra.layers.state import pack

SEED = 11
"""Where chance in a cell's equations starts from in all checks."""


@dataclass(frozen=True)
class Batch:
    """A batch of sequences.

    Attributes:
        x: (T, B, I).
        numbers: The number of each row, for chance, (B,).
        dt: The time since the step before, (T, B); None if the cell does not ask for it.
        missing: Where the input is missing, (T, B, I); None if the cell does not ask for it.
        state: What the layers start from; None is zero.
    """

    x: Tensor
    numbers: Tensor
    dt: Tensor | None = None
    missing: Tensor | None = None
    state: Carried | None = None

    @property
    def steps(self) -> int:
        """T."""
        return self.x.shape[0]

    @property
    def rows(self) -> int:
        """B."""
        return self.x.shape[1]

    @property
    def beside(self) -> dict[str, Any]:
        """All that a layer is given beside the input."""
        return {
            "state": None if self.state is None else pack(self.state),
            "dt": self.dt,
            "missing": self.missing,
            "rows": self.numbers,
            "seed": SEED,
        }

    def between(self, first: int, last: int, state: Carried | None) -> Batch:
        """The steps from ``first`` to before ``last``, started from ``state``."""
        dt = None if self.dt is None else self.dt[first:last]
        missing = None if self.missing is None else self.missing[first:last]
        return replace(self, x=self.x[first:last], dt=dt, missing=missing, state=state)

    def row(self, number: int, steps: int | None = None) -> Batch:
        """One row alone, its first steps or all."""
        own = slice(number, number + 1)
        return Batch(
            x=self.x[:steps, own],
            numbers=self.numbers[own],
            dt=None if self.dt is None else self.dt[:steps, own],
            missing=None if self.missing is None else self.missing[:steps, own],
            state=None if self.state is None else part_of(self.state, own),
        )

    def flipped(self) -> Batch:
        """From the last step to the first; the same two steps lie as far apart."""
        dt = self.dt
        if dt is not None:
            dt = torch.cat([torch.zeros_like(dt[:1]), dt[1:].flip(0)])
        missing = None if self.missing is None else self.missing.flip(0)
        return replace(self, x=self.x.flip(0), dt=dt, missing=missing)


@dataclass(frozen=True)
class Outcome:
    """What came of a call.

    Attributes:
        output: (T, B, width).
        state: What is carried on.
    """

    output: Tensor
    state: Carried


def call(
    layer: Recurrent,
    batch: Batch,
    parameters: Mapping[str, Tensor] | None = None,
    **options: Any,
) -> Outcome:
    """Calls a layer on a batch.

    Args:
        layer: The layer.
        batch: The batch.
        parameters: Other values of the layer's parameters, by name.
        options: Whatever else the layer is called with.
    """
    given = {**batch.beside, **options}
    output, state = functional_call(layer, dict(parameters or {}), (batch.x,), given)
    return Outcome(output, taken_apart(layer, state))
