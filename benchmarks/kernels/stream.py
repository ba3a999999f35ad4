"""One step at a time: what a contestant is asked to do, and the layer that all of them hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

Array = npt.NDArray[np.float32]
INPUTS = 8


@dataclass(frozen=True)
class Served:
    """An LSTM of 8 inputs and H units, and a dense layer to one output."""

    lstm: nn.LSTM
    head: nn.Linear

    @property
    def hidden_size(self) -> int:
        """H."""
        return self.lstm.hidden_size

    def array(self, name: str) -> Array:
        """A weight of the LSTM's as numpy has it."""
        found: Array = self.lstm.get_parameter(name).detach().numpy()
        return found

    @property
    def dense(self) -> tuple[Array, Array]:
        """The weight (H,) and the bias (1,) of the dense layer."""
        return self.head.weight.detach().numpy()[0], self.head.bias.detach().numpy()


def served(hidden_size: int) -> Served:
    """The layers of all contestants, drawn from a seed."""
    torch.manual_seed(0)
    return Served(nn.LSTM(INPUTS, hidden_size).eval(), nn.Linear(hidden_size, 1).eval())


class Stream(NamedTuple):
    """A contestant at its first step.

    Attributes:
        step: Takes the next input (1, 8), gives the output, and keeps the states.
        tensors: Whether the input is a tensor instead of an array of numpy.
    """

    step: Callable[[Any], Any]
    tensors: bool = False


def inputs(count: int, *, tensors: bool) -> list[Array] | list[Tensor]:
    """So many inputs, each of memory of its own."""
    drawn = torch.randn(count, 1, INPUTS, generator=torch.Generator().manual_seed(1))
    return [x.clone() for x in drawn] if tensors else [x.clone().numpy() for x in drawn]
