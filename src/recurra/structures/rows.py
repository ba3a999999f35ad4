"""The states of chosen rows of a batch, as beam search needs them."""

from __future__ import annotations

from typing import overload

from torch import Tensor

from recurra.layers.state import State


@overload
def select(state: State, rows: Tensor) -> State: ...
@overload
def select(state: None, rows: Tensor) -> None: ...
def select(state: State | None, rows: Tensor) -> State | None:
    """The state of a recurrent layer for other rows: a row may come again, or not at all.

    Args:
        state: As :class:`~recurra.layers.Recurrent` returned it for a batch, of any cell and
            topology; None, which is zero, stays None.
        rows: The rows to take, int64 (N,), each from 0 to B - 1.

    Returns:
        The same with N rows.
    """
    if state is None:
        return None
    if isinstance(state, tuple):
        return tuple(select(part, rows) for part in state)  # type: ignore[misc]
    # Layers, directions and dilation stand before the batch, in number as it may be; one width
    # behind it.
    return state.index_select(-2, rows)
