"""Holds tensors against each other and remembers how far apart they were."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from recurra.conformance.batch import Outcome
from recurra.conformance.carried import Carried
from recurra.errors import ConformanceError

CLOSE = 1e-11
"""How far apart float64 may be: relatively, or for numbers below 1 absolutely."""


class Comparison:
    """Holds tensors against each other.

    Args:
        tolerance: How far apart they may be: relatively, or for numbers below 1 absolutely. 0 asks
            for the same bits.
    """

    def __init__(self, tolerance: float = CLOSE) -> None:
        self.tolerance = tolerance
        self.largest = 0.0

    def tensors(self, what: str, found: Tensor, wanted: Tensor) -> None:
        """Two tensors.

        Args:
            what: What they are, for the error: ``"the output"``.
            found: What was computed.
            wanted: What it must be.

        Raises:
            ConformanceError: If they are too far apart, or differ in shape or type.
        """
        if (found.shape, found.dtype) != (wanted.shape, wanted.dtype):
            raise ConformanceError(
                f"{what} has the shape {tuple(found.shape)} and the type {found.dtype}",
                f"{tuple(wanted.shape)} and {wanted.dtype}",
            )
        if not found.numel():
            return
        found, wanted = found.detach().double(), wanted.detach().double()
        apart = (found - wanted).abs() / wanted.abs().clamp(min=1)
        # Where one is NaN, or both are infinite, the difference is NaN: that is as far as can be.
        apart = torch.where(apart.isnan(), torch.inf, apart)
        self.largest = max(self.largest, float(apart.max()))
        if not bool((apart <= self.tolerance).all()):
            place = torch.unravel_index(apart.argmax(), apart.shape)
            raise ConformanceError(
                f"{what} is {float(found[place]):.12g} at {tuple(map(int, place))}",
                f"{float(wanted[place]):.12g}, {self._demand()}",
            )

    def lists(self, what: str, found: Sequence[Tensor], wanted: Sequence[Tensor]) -> None:
        """As many tensors, one by one; see :meth:`tensors`."""
        for place, (one, other) in enumerate(zip(found, wanted, strict=True)):
            self.tensors(f"{what} (number {place})", one, other)

    def carried(self, found: Carried, wanted: Carried) -> None:
        """Two states; see :meth:`tensors`."""
        for place, (own, other) in enumerate(zip(found, wanted, strict=True)):
            for name, part in own.items():
                self.tensors(f"the last {name} (layer and direction {place})", part, other[name])

    def outcomes(self, found: Outcome, wanted: Outcome) -> None:
        """Outputs and last states; see :meth:`tensors`."""
        self.tensors("the output", found.output, wanted.output)
        self.carried(found.state, wanted.state)

    def words(self) -> str:
        """What was seen."""
        if not self.largest:
            return "the same bits"
        return f"apart by at most {self.largest:.1e}"

    def _demand(self) -> str:
        return f"at most {self.tolerance:g} apart" if self.tolerance else "to the bit"
