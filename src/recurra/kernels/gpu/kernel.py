"""The kernel for NVIDIA GPUs: single layers in one direction, in Triton."""

from __future__ import annotations

from dataclasses import replace

import torch

from recurra.kernels import reference
from recurra.kernels.gpu import op
from recurra.kernels.gpu.remainder import remainder
from recurra.kernels.hoisting import before_the_loop
from recurra.kernels.order import running
from recurra.kernels.task import Result, Task
from recurra.language.widths import resolve

NAME = "gpu"
"""What reports call this kernel."""


def run(task: Task) -> Result:
    """Runs a cell over a batch of sequences, in one direction."""
    steps, rows = next(iter(task.inputs.values())).shape[:2]
    if steps == 1 or not rows:
        # There is no loop whose launches could be saved, or nothing to start programs for.
        return reference.run(task)
    result = op.apply(_remaining(task))
    if result.every is None or task.lengths is None:
        return result
    runs = running(task.lengths, len(result.output)).unsqueeze(-1)
    return replace(result, every=tuple(torch.where(runs, part, 0.0) for part in result.every))


def _remaining(task: Task) -> Task:
    """What is left to be done when all that is known before the loop has been computed."""
    rest = remainder(task.schedule)
    values = before_the_loop(task)
    steps, rows = next(iter(task.inputs.values())).shape[:2]
    matrices = {name: task.parameters[name] for name in rest.matrices}
    vectors = {
        name: values[node].expand(resolve(node.width, task.sizes)).contiguous()
        for name, node in rest.vectors.items()
    }
    return replace(
        task,
        schedule=rest.schedule,
        parameters={**matrices, **vectors},
        inputs={name: values[node].expand(steps, rows, -1) for name, node in rest.inputs.items()},
        stream=None,
    )
