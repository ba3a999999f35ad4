"""How much of the time a cell's gates are at the ends of their range, where they hardly learn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import torch
from torch import Tensor

from recurra.diagnose.bounds import bounds
from recurra.diagnose.strands import Strand
from recurra.diagnose.sweep import before, live, wide
from recurra.kernels import reference
from recurra.language import Expression, Graph, schedule

NEAR = 0.1
"""How near to an end of its range a gate is saturated: a sigmoid below 0.1 or above 0.9, a tanh
below -0.9 or above 0.9 (Karpathy, Johnson & Fei-Fei 2016, arXiv:1506.02078, section 4.2)."""

MOST = 2048
"""Steps of rows at which gates are looked at."""


@dataclass(frozen=True)
class GateReport:
    """A gate over the steps, rows and units seen.

    Attributes:
        mean: Its mean.
        low: The share of its values near the lower end of its range, 0 to 1; NaN if it has none.
        high: The share near the upper end, likewise.
    """

    mean: float
    low: float
    high: float

    @property
    def saturated(self) -> float:
        """The share near either end, 0 to 1; NaN if its range has no two ends."""
        return self.low + self.high


def saturation(strand: Strand) -> dict[str, GateReport]:
    """Each gate that the cell names, and where it names none each state with two ends."""
    named = shown(strand.graph)
    if not named:
        return {}
    values = _values(strand, _showing(strand.graph))
    return {
        name: _report(value, *bounds(node))
        for (name, node), value in zip(named.items(), values, strict=True)
    }


def shown(graph: Graph) -> Mapping[str, Expression]:
    """What stands for the gates of a cell, by name."""
    if graph.gates:
        return graph.gates
    states = dict(zip(graph.states, graph.updates, strict=True))
    return {name: node for name, node in states.items() if all(map(math.isfinite, bounds(node)))}


@cache
def _showing(graph: Graph) -> Graph:
    """The same equations with the gates as what a step computes: the kernel need know nothing."""
    return replace(graph, updates=tuple(shown(graph).values()))


def _values(strand: Strand, graph: Graph) -> tuple[Tensor, ...]:
    """The values of the gates, (N, width) each: all steps side by side, as the rows of one step."""
    t, rows = _places(strand)
    task = strand.task
    one = replace(
        task,
        schedule=schedule(graph),
        parameters={name: wide(value) for name, value in task.parameters.items()},
        inputs={name: wide(value[t, rows]).unsqueeze(0) for name, value in task.inputs.items()},
        state=tuple(part[t, rows] for part in before(strand, slice(0, len(strand.output)))),
        lengths=None,
        reset=None,
        truncate=None,
        every=False,
    )
    with torch.no_grad():
        return reference.run(one).last


def _places(strand: Strand) -> tuple[Tensor, Tensor]:
    """Steps and rows to look at, evenly spaced among those that are there."""
    found = live(strand).nonzero()
    chosen = torch.linspace(0, len(found) - 1, min(len(found), MOST)).round().long()
    t, rows = found[chosen].unbind(1)
    return t, rows


def _report(value: Tensor, lowest: float, highest: float) -> GateReport:
    mean = float(value.mean())
    if not (math.isfinite(lowest) and math.isfinite(highest)):
        return GateReport(mean, math.nan, math.nan)
    low = float((value < lowest + NEAR).double().mean())
    high = float((value > highest - NEAR).double().mean())
    return GateReport(mean, low, high)
