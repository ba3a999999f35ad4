"""The gradients of a loss."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd.graph import _engine_run_backward


def backward(loss: Tensor) -> None:
    """Adds the gradients of a loss of shape () to ``grad``, as ``torch.autograd.backward(loss)``.

    That looks into what a loss could be besides one number, which takes longer than the
    optimizer's own work on a small model. Here it is known, so torch's engine is asked at once.
    """
    if type(loss) is not Tensor:
        torch.autograd.backward(loss)
        return
    one = torch.ones_like(loss)
    _engine_run_backward(
        (loss,), (one,), False, False, (), allow_unreachable=True, accumulate_grad=True
    )
