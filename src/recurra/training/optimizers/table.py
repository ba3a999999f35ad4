"""What compiled code is given: one table of whole numbers, addresses and numbers."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

from torch import Tensor

from recurra.training.optimizers.rule import MOST_NUMBERS

TENSORS, BOUND, SCALE, NUMBERS = 0, 1, 2, 3
"""Where the count of tensors lies, the bounds on gradients, and the numbers of the rule."""

COLUMNS = NUMBERS + MOST_NUMBERS
"""Where columns begin: each has a place for every tensor."""

GRADIENT, SIZE, SQUARES, WEIGHT, COUNT, STATES = range(6)
"""The columns: addresses; sizes; the sum of a gradient's squares, which code leaves there; where
the steps taken are counted, if they are; and one for every state."""


class Table:
    """The table of some weights.

    Args:
        weights: Dense tensors of one type.
        counts: Where the steps of each are counted, float32 of shape (); none if they are not.
        states: Dense tensors like the weights, a list for every state.
    """

    def __init__(
        self,
        weights: Sequence[Tensor],
        counts: Sequence[Tensor],
        states: Sequence[Sequence[Tensor]],
    ) -> None:
        self.tensors = len(weights)
        self._whole = (ctypes.c_int64 * (COLUMNS + (STATES + len(states)) * self.tensors))()
        self._numbers = (ctypes.c_double * len(self._whole)).from_buffer(self._whole)
        self.address = ctypes.addressof(self._whole)
        self._whole[TENSORS] = self.tensors
        self._whole[self._column(SIZE)] = [weight.numel() for weight in weights]
        self._point(WEIGHT, weights)
        if counts:
            self._point(COUNT, counts)
        for place, state in enumerate(states):
            self._point(STATES + place, state)
        self._gradients = self._column(GRADIENT)
        self._squares = self._column(SQUARES)

    def point_at(self, gradients: Sequence[int]) -> None:
        """Takes the addresses of the gradients of a step."""
        self._whole[self._gradients] = [*gradients]

    def squares(self) -> float:
        """The sum of the squares of all gradients, from those that code left."""
        return sum(self._numbers[self._squares])

    def fill(self, bound: float, scale: float, numbers: Sequence[float]) -> None:
        """Takes the numbers of a step."""
        self._numbers[BOUND : NUMBERS + len(numbers)] = [bound, scale, *numbers]

    def _column(self, place: int) -> slice:
        first = COLUMNS + place * self.tensors
        return slice(first, first + self.tensors)

    def _point(self, column: int, tensors: Sequence[Tensor]) -> None:
        self._whole[self._column(column)] = [tensor.data_ptr() for tensor in tensors]
