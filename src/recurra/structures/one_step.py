"""A recurrent layer for a single step."""

from __future__ import annotations

from torch import Tensor

from recurra.layers import Recurrent
from recurra.layers.state import State


def one_step(
    recurrent: Recurrent, x: Tensor, state: State | None, seed: int | None = None
) -> tuple[Tensor, State]:
    """The layer's output at one more step, and its state after it.

    Args:
        recurrent: What takes (B, T, I).
        x: (B, I).
        state: Its state before the step; None for zero.
        seed: What chance in the cell's equations starts from; drawn if None.

    Returns:
        (B, output_size) and the state.
    """
    output, after = recurrent(x.unsqueeze(1), state, seed=seed)
    return output.squeeze(1), after
