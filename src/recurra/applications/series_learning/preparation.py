"""What becomes of a series before a network reads it: each job's own."""

from __future__ import annotations

from typing import Any, Protocol

from torch import Tensor, nn

from recurra.applications.series import Values


class Preparation(Protocol):
    """How a job prepares its series, varies them in training, and shows them to a network."""

    @property
    def channels(self) -> int:
        """C, of the series that it takes."""
        ...

    @property
    def width(self) -> int:
        """I, the numbers that the recurrent layer reads of a step."""
        ...

    def prepared(self, series: Values) -> Tensor:
        """What is done once, without chance: (T, C) to (S, D)."""
        ...

    def varied(self, series: Tensor) -> Tensor:
        """As it might have been recorded another time, by torch's chance: (S, D) to (R, D)."""
        ...

    def shown(self, series: Tensor) -> Tensor:
        """What the network is shown of it: (S, D) to (S, J)."""
        ...

    def reader(self) -> nn.Module:
        """What makes of each step what the layer reads, and learns to: (B, S, J) to (B, S, I).

        ``nn.Identity()`` where J = I and nothing is made of it.
        """
        ...

    def to_json(self) -> dict[str, Any]:
        """As plain data, for the model's file."""
        ...
