"""The loss in pieces, against torch's."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from recurra.applications.translate.loss import ROWS, smoothed_loss


def made(steps: int, dtype: torch.dtype) -> tuple[list[Tensor], Tensor]:
    generator = torch.Generator().manual_seed(steps)
    shapes = ((steps, 5), (11, 5), (11,))
    parts = [torch.randn(shape, generator=generator, dtype=dtype) for shape in shapes]
    return [one.requires_grad_() for one in parts], torch.randint(11, (steps,), generator=generator)


@pytest.mark.parametrize("steps", [1, ROWS - 1, ROWS, 2 * ROWS + 1])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
def test_loss_and_gradients_are_those_of_torch(steps: int, smoothing: float) -> None:
    parts, targets = made(steps, torch.float64)
    found = 3 * smoothed_loss(*parts, targets, smoothing)
    ours = torch.autograd.grad(found, parts)
    wanted = 3 * functional.cross_entropy(
        functional.linear(*parts), targets, label_smoothing=smoothing
    )
    torch.testing.assert_close(found, wanted)
    torch.testing.assert_close(ours, torch.autograd.grad(wanted, parts))


def test_scores_that_are_far_apart_stay_finite() -> None:
    parts, targets = made(4, torch.float32)
    far = [parts[0] * 1e4, *parts[1:]]
    found = smoothed_loss(*far, targets, 0.1)
    wanted = functional.cross_entropy(functional.linear(*far), targets, label_smoothing=0.1)
    torch.testing.assert_close(found, wanted)
    assert all(one.isfinite().all() for one in torch.autograd.grad(found, parts))
