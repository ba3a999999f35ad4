"""What all heads do."""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor

from recurra.structures.lengths import Lengths


class Head(Protocol):
    """Makes a distribution over answers of what a recurrent layer knows at a step.

    Called on features (..., F) it gives the distribution's parameters.
    """

    def __call__(self, features: Tensor, /) -> Any:
        """The distribution's parameters at each step.

        Args:
            features: (..., F).
        """
        ...

    def loss(self, features: Tensor, targets: Tensor, lengths: Lengths | None = None) -> Tensor:
        """The mean over all steps of the negative log-likelihood of a step, in nats.

        Args:
            features: (..., F); (B, T, F) if lengths are given.
            targets: An answer for each step, (...) symbols or (..., D) numbers.
            lengths: The length of each row, (B,); T if None. What lies behind may be anything.

        Raises:
            ShapeError: If shapes do not fit, or there is no step at all.
        """
        ...

    def sample(self, features: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """An answer for each step, drawn, without gradient: (...) or (..., D).

        Args:
            features: (..., F).
            generator: Where chance comes from, on the features' device; torch's own if None.
        """
        ...
