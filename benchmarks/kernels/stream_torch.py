"""torch.nn's LSTM and LSTMCell, step by step."""

from __future__ import annotations

import torch
from stream import INPUTS, Served, Stream
from torch import Tensor, nn


def streams(served: Served) -> dict[str, Stream]:
    """Both."""
    return {
        "torch.nn.LSTM": Stream(OfLayer(served).step, tensors=True),
        "torch.nn.LSTMCell": Stream(OfCell(served).step, tensors=True),
    }


class OfLayer:
    """The layer on sequences of one step."""

    def __init__(self, served: Served) -> None:
        self._lstm, self._head = served.lstm, served.head
        self._state = tuple(torch.zeros(1, 1, served.hidden_size) for _ in range(2))

    def step(self, x: Tensor) -> Tensor:
        """(1, I) to (1, 1)."""
        output, self._state = self._lstm(x[None], self._state)
        found: Tensor = self._head(output[0])
        return found


class OfCell:
    """The cell."""

    def __init__(self, served: Served) -> None:
        self._cell = nn.LSTMCell(INPUTS, served.hidden_size)
        weights = served.lstm.state_dict().items()
        self._cell.load_state_dict({name.removesuffix("_l0"): w for name, w in weights})
        self._head = served.head
        self._state = tuple(torch.zeros(1, served.hidden_size) for _ in range(2))

    def step(self, x: Tensor) -> Tensor:
        """(1, I) to (1, 1)."""
        self._state = self._cell(x, self._state)
        found: Tensor = self._head(self._state[0])
        return found
