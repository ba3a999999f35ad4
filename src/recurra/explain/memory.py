"""How far back each unit looks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.explain.strands import Strand
from recurra.kernels import choose

STEPS = 128
"""Steps back from the end that are looked at, at most."""

SHARE = 0.9
"""The share of all sensitivity within a unit's memory."""

AT_ONCE = 256
"""Units a call."""


@dataclass(frozen=True)
class UnitMemory:
    """How much the last output of each unit depends on the input of each step before.

    Attributes:
        sensitivity: The norm of the gradient of a unit's output after the last step that it read by
            the input so many of its steps before, (units, lags from 0).
        apart: How many steps of time lie between two of its steps: the layer's dilation.
        whole: Whether the lags reach back to the first step.
    """

    sensitivity: NDArray[np.float64]
    apart: int
    whole: bool

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The fewest steps of time, this one included, with 90% of the sensitivity; 0 for none."""
        total = self.sensitivity.sum(1, keepdims=True)
        reached = np.cumsum(self.sensitivity, 1) >= SHARE * total * (1 - 1e-12)
        steps = reached.argmax(1) * self.apart + 1
        found: NDArray[np.int64] = np.where(total[:, 0] > 0, steps, 0)
        return found


def unit_memory(strand: Strand, row: int = 0, steps: int = STEPS) -> UnitMemory:
    """The memory of every unit at the end of a row.

    Each unit gets a copy of the row, so that one way back through the compiled kernel gives the
    gradients of all.

    Args:
        strand: Whose units.
        row: A row of the strand.
        steps: How far back at most, at least 1.
    """
    end = _end(strand, row)
    first = max(0, end - steps)
    width = strand.result.output.shape[2]
    before = [part[first, row] for part in strand.before()]
    found = [
        _sensitivity(strand, row, slice(first, end), before, range(low, min(low + AT_ONCE, width)))
        for low in range(0, width, AT_ONCE)
    ]
    norms = torch.cat(found, 1).flip(0).T.double().cpu().numpy()
    return UnitMemory(norms, strand.layer.dilation[strand.number], whole=first == 0)


def _end(strand: Strand, row: int) -> int:
    lengths = strand.task.lengths
    return len(strand.result.output) if lengths is None else max(1, int(lengths[row]))


def _sensitivity(
    strand: Strand, row: int, steps: slice, before: list[Tensor], units: range
) -> Tensor:
    """The norms of the gradients of some units, (steps, units)."""
    task, count = strand.task, len(units)
    inputs = {
        name: value[steps, row : row + 1].repeat(1, count, 1) for name, value in task.inputs.items()
    }
    # What a cell reads of earlier steps is the same input, later.
    leaf = inputs["x"].requires_grad_()
    with torch.enable_grad():
        for name in [one for one in inputs if one.startswith("x_")]:
            inputs[name] = _later(leaf, inputs[name], int(name.removeprefix("x_")))
        output = choose.run(
            replace(
                task,
                parameters={name: part.detach() for name, part in task.parameters.items()},
                inputs=inputs,
                state=tuple(part.repeat(count, 1) for part in before),
                lengths=None,
                reset=None
                if task.reset is None
                else task.reset[steps, row : row + 1].repeat(1, count),
                truncate=None,
                every=False,
            )
        ).output[-1]
        picked = output[torch.arange(count), torch.tensor(units)].sum()
        if not picked.requires_grad:
            return leaf.new_zeros(len(leaf), count)
        (gradient,) = torch.autograd.grad(picked, leaf)
    found: Tensor = gradient.square().sum(2).sqrt()
    return found


def _later(leaf: Tensor, former: Tensor, back: int) -> Tensor:
    """The input so many steps before, where it lies within the leaf."""
    return torch.cat([former[:back], leaf[: max(0, len(leaf) - back)]])
