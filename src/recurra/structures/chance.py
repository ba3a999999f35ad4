"""Chance in a layer that reads one sequence in several calls."""

from __future__ import annotations

import torch

from recurra.layers import Recurrent


def sequence_seed(recurrent: Recurrent) -> int | None:
    """What chance in the cell's equations starts from in all calls of one sequence.

    Without it every call would draw its own, and a mask that is to stay for a whole sequence, as in
    variational dropout, would change from call to call.

    Args:
        recurrent: The layer.

    Returns:
        Drawn from torch's random state; None where nothing is drawn, as in evaluation.
    """
    if not (recurrent.training and recurrent.graph().randoms):
        return None
    return int(torch.randint(2**63 - 1, ()).item())
