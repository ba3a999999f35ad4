"""Bounds on gradients."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from torch import Tensor
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from recurra.training.limits import positive

_EPSILON = 1e-6
"""What torch.nn.utils.clip_grad_norm_ adds to the norm before it divides by it."""


@dataclass(frozen=True)
class Clip:
    """Bounds on gradients, for the time of a step; the value comes first if both are given.

    Attributes:
        norm: The most that the norm of all gradients together may be, above 0; where it is more,
            all are scaled down, as by ``torch.nn.utils.clip_grad_norm_``. None for no bound.
        value: The most that each number of a gradient may be, above 0, on either side of 0, as
            by ``torch.nn.utils.clip_grad_value_``. None for no bound.

    Raises:
        OptionError: A bound is no finite number above 0.
    """

    norm: float | None = None
    value: float | None = None

    def __post_init__(self) -> None:
        bounds = {"clip_norm": self.norm, "clip_value": self.value}
        positive(**{name: bound for name, bound in bounds.items() if bound is not None})

    @property
    def bound(self) -> float:
        """The most that each number may be; infinity for no bound."""
        return math.inf if self.value is None else float(self.value)

    def scale(self, squares: float) -> float:
        """What gradients are multiplied by whose squares add up to so much."""
        if self.norm is None:
            return 1.0
        scale = self.norm / (math.sqrt(squares) + _EPSILON)
        # Not min(1, scale), which would make 1 of a scale that is no number.
        return 1.0 if scale > 1 else scale

    def apply(self, weights: Iterable[Tensor]) -> None:
        """Changes the gradients of weights in place."""
        weights = list(weights)
        if self.value is not None:
            clip_grad_value_(weights, self.value)
        if self.norm is not None:
            clip_grad_norm_(weights, self.norm)
