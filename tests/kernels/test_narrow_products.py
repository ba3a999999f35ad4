"""Products of a single number, used at once for all units, against the reference."""

import pytest
import torch
from kernel_tasks import NARROW, recorded, task

from recurra.kernels import reference
from recurra.kernels.cpu import kernel

MARKS = {"lengths": torch.tensor([3, 0, 1]), "truncate": 2, "every": True}


@pytest.mark.parametrize("cell", NARROW)
@pytest.mark.parametrize("marks", [{}, MARKS], ids=["plain", "marked"])
def test_outputs_states_and_gradients_are_the_references(cell, marks):
    def everything(run):
        marked, sources = recorded(task(cell, 4, 3, **marks))
        result = run(marked)
        parts = [result.output, *result.last, *(result.every or ())]
        loss = sum((part**2).sum() for part in parts)
        return [*parts, *torch.autograd.grad(loss, sources)]

    for mine, theirs in zip(everything(kernel.run), everything(reference.run), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-12, atol=1e-12)
