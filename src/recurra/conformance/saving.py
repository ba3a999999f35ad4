"""What is saved can be loaded again."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from recurra.cells import Wrapper
from recurra.conformance.batch import Batch, Outcome, call
from recurra.conformance.check import NotApplicable
from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import drawn_batch, drawn_layer
from recurra.errors import ConformanceError
from recurra.language import Cell, Expression, Parameters, trace
from recurra.language.expression import Linear, Total, Vector, topological
from recurra.language.reading import under_way
from recurra.layers import Recurrent


def saved_and_loaded(cell: Cell) -> str:
    """Weights saved as safetensors and loaded into another layer give the same bits."""
    layer = drawn_layer(cell, bidirectional=True)
    batch = drawn_batch(layer)
    again = drawn_layer(cell, bidirectional=True)
    if torch.equal(call(again, batch).output, call(layer, batch).output):
        raise ConformanceError("layers of different weights give the same", "different outputs")
    return _through_a_file(layer, again, batch)


def loaded_in_another_order(cell: Cell) -> str:
    """Weights fit the same equations where parameters are met in another order."""
    usual = list(trace(cell).parameters)
    every = (Rearranged(cell, first) for first in range(len(usual)))
    rearranged = next((one for one in every if list(trace(one).parameters) != usual), None)
    if rearranged is None:
        raise NotApplicable("its parameters can be met in one order only")
    layer = drawn_layer(cell, bidirectional=True)
    batch = drawn_batch(layer)
    return _through_a_file(layer, drawn_layer(rearranged, bidirectional=True), batch)


def _through_a_file(layer: Recurrent, again: Recurrent, batch: Batch) -> str:
    wanted: Outcome = call(layer, batch)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.safetensors"
        save_file(layer.state_dict(), path)
        again.load_state_dict(load_file(path))
    compare = Comparison(0)
    compare.outcomes(call(again, batch), wanted)
    return compare.words()


@dataclass(frozen=True)
class Rearranged(Wrapper):
    """The same cell with its parameters met in another order.

    Before all else it adds up what one of them takes part in, times zero. That changes nothing but
    the order in which they are met.

    Args:
        cell: The cell.
        first: Which is met first, counted from the last.
    """

    first: int

    def step(
        self, p: Parameters, x: Expression, *states: Expression, **inputs: Any
    ) -> tuple[Expression, ...]:
        """Take the step, and name a part of it before all others."""
        stepped = self.cell.step(p, x, *states, **inputs)
        result, *rest = stepped if isinstance(stepped, tuple) else (stepped,)
        reading = under_way()
        named = topological([*reading.gates.values(), result, *rest])
        parts = [node for node in named if isinstance(node, Linear | Vector)]
        nothing = 0.0 * Total(parts[-1 - self.first % len(parts)])
        # What is named a gate is met before the rest.
        reading.gates = {"nothing": nothing, **reading.gates}
        return (result + nothing, *rest)
