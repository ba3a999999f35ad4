"""A start that a recurrent layer makes for itself: it reads what is known as its first step."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra.errors import ShapeError
from recurra.layers import Recurrent
from recurra.layers.state import State
from recurra.structures.heads.dense import dense
from recurra.structures.one_step import one_step


class FirstStep(nn.Module):
    """Makes a start state of a vector, by one step of the layer from zero.

    As the image is read in Vinyals, Toshev, Bengio & Erhan 2015, "Show and tell"
    (arXiv:1411.4555), eq. 10. The state is one that the layer can come to, which serves every cell:
    one whose state is a memory, a normaliser and a count as well as one with a vector.

    Args:
        size: C, the numbers in the vector, at least 1.
        input_size: I of the layer, at least 1.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        OptionError: If a size is out of range.
    """

    def __init__(
        self,
        size: int,
        input_size: int,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.size = size
        self.input = dense(size, input_size, device=device, dtype=dtype)

    def forward(self, recurrent: Recurrent, vector: Tensor) -> State:
        """The layer's state after it has read the vector, (B, C).

        Raises:
            ShapeError: If the vector has another shape.
        """
        check_condition(vector, self.size)
        return one_step(recurrent, self.input(vector), None)[1]


def check_condition(vector: Tensor, size: int) -> None:
    """Refuses what is not one vector a row.

    Raises:
        ShapeError: If it is not (B, C).
    """
    if vector.dim() != 2 or vector.shape[1] != size or not len(vector):
        raise ShapeError(
            f"a condition of shape {tuple(vector.shape)}",
            f"(B, C) with C = {size} and at least one row",
            "a single one (C,) becomes a batch of one by condition.unsqueeze(0)",
        )
