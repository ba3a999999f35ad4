"""How a generated sequence depends on what is given once."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn

from recurra.layers import Recurrent
from recurra.layers.state import State
from recurra.structures.first_step import FirstStep, check_condition


class Conditioning(Protocol):
    """Brings a condition (B, C) into a recurrent layer."""

    def start(self, recurrent: Recurrent, condition: Tensor) -> State | None:
        """The state from which the layer starts; None for zero.

        Raises:
            ShapeError: If the condition has another shape.
        """
        ...

    def inputs(self, x: Tensor, condition: Tensor) -> Tensor:
        """What the layer reads where x (B, T, E) is the sequence so far: (B, T, I)."""
        ...


class AsFirstStep(nn.Module):
    """The layer reads the condition once, before the sequence: I = E.

    Vinyals, Toshev, Bengio & Erhan 2015 (arXiv:1411.4555), eq. 10 to 12.

    Args:
        size: C, the numbers in the condition, at least 1.
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
        self.first = FirstStep(size, input_size, device=device, dtype=dtype)

    def start(self, recurrent: Recurrent, condition: Tensor) -> State:
        """The state after the condition."""
        state: State = self.first(recurrent, condition)
        return state

    def inputs(self, x: Tensor, condition: Tensor) -> Tensor:
        """The sequence alone."""
        return x


class AtEveryStep(nn.Module):
    """The condition stands beside every step of the sequence: I = E + C.

    Args:
        size: C, the numbers in the condition, at least 1.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def start(self, recurrent: Recurrent, condition: Tensor) -> None:
        """Zero."""
        check_condition(condition, self.size)

    def inputs(self, x: Tensor, condition: Tensor) -> Tensor:
        """The sequence, (B, T, E), and the condition at each step: (B, T, E + C)."""
        beside = condition.unsqueeze(1).expand(-1, x.shape[1], -1)
        return torch.cat([x, beside], dim=-1)


class InBothWays(nn.Module):
    """The layer reads the condition first, and again beside every step: I = E + C.

    Args:
        size: C, the numbers in the condition, at least 1.
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
        self.first = AsFirstStep(size, input_size, device=device, dtype=dtype)
        self.every = AtEveryStep(size)

    def start(self, recurrent: Recurrent, condition: Tensor) -> State:
        """The state after the condition."""
        return self.first.start(recurrent, condition)

    def inputs(self, x: Tensor, condition: Tensor) -> Tensor:
        """The sequence, (B, T, E), and the condition at each step: (B, T, E + C)."""
        return self.every.inputs(x, condition)
