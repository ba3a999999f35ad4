"""What a model would say if one of its gates stood still."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import nn

from recurra.cells.wrappers.wrapper import Wrapper
from recurra.diagnose.bounds import bounds
from recurra.errors import OptionError
from recurra.explain.watching import layers_of
from recurra.language import Expression, Parameters
from recurra.language.check import Check
from recurra.language.reading import each_gate
from recurra.layers import Recurrent


@dataclass(frozen=True)
class Clamped(Wrapper):
    """A cell with one of its gates held at a value.

    Args:
        cell: The cell.
        gate: The gate's name.
        value: Where all its units are held at every step.
    """

    gate: str = ""
    value: float = 0.0

    @property
    def check(self) -> Check | None:
        """That of the cell within, by which torch's names of the parameters are known."""
        return self.cell.check

    def step(
        self, p: Parameters, x: Expression, *states: Expression, **inputs: Any
    ) -> Expression | tuple[Expression, ...]:
        """Take the step with the gate held."""

        def held(name: str, value: Expression) -> Expression:
            # The gate's own sum stays in the equations, so that the parameters stay what they are.
            return 0.0 * value + self.value if name == self.gate else value

        with each_gate(held):
            stepped: Expression | tuple[Expression, ...]
            stepped = self.cell.step(p, x, *states, **inputs)
        return stepped


def clamped(model: nn.Module, gates: Mapping[str, float]) -> nn.Module:
    """A copy of a model, with gates of all its recurrent layers held.

    Args:
        model: A recurrent layer, or a module that contains one or more. It stays as it is.
        gates: The value of each, by the name that the cell gives it: ``{"forget": 0.0}``.

    Raises:
        OptionError: If no layer has a gate of that name, or a value is no number.
    """
    _check(model, gates)
    found = copy.deepcopy(model)
    for layer in layers_of(found).values():
        for gate, value in gates.items():
            if gate in layer.graph().gates:
                layer.cell = Clamped(layer.cell, gate, float(value))
    return found


def _check(model: nn.Module, gates: Mapping[str, float]) -> None:
    known = {name for layer in layers_of(model).values() for name in layer.graph().gates}
    for gate, value in gates.items():
        if gate not in known:
            raise OptionError(
                f"a gate {gate!r} to be held",
                f"one of {', '.join(sorted(known))}" if known else "a cell that names its gates",
            )
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise OptionError(f"the gate {gate!r} held at {value!r}", "a finite number")


def ends(layer: Recurrent, gate: str) -> tuple[float, ...]:
    """Between which values a gate lies: both ends of its range, or 0 where it has none."""
    low, high = bounds(layer.graph(training=False).gates[gate])
    if not (math.isfinite(low) and math.isfinite(high)):
        return (0.0,)
    return (low, high) if low >= 0 else (0.0,)
