"""The quantity that a callback watches, and which of two values of it is better."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from recurra.errors import OptionError

Mode = Literal["auto", "min", "max"]


@dataclass(frozen=True)
class Monitor:
    """A watched quantity, with Keras 3's rules for what counts as an improvement.

    Two differences: values are compared as Python floats (Keras rounds them to float32), and NaN
    is never an improvement (in Keras a first NaN stays the best for ever).

    Args:
        name: Key of the epoch's logs, such as ``val_loss``.
        mode: "min" if smaller is better, "max" if greater is. "auto" knows ``loss`` and
            ``val_loss``; for others the direction has to be said.
        min_delta: A change must exceed this, in the quantity's own unit, to be an improvement;
            the sign is ignored.

    Raises:
        OptionError: The mode is unknown, or "auto" does not know the quantity.
    """

    name: str
    mode: Mode = "auto"
    min_delta: float = 0.0

    def __post_init__(self) -> None:
        if self.mode not in ("auto", "min", "max"):
            raise OptionError(
                f"mode is {self.mode!r}.",
                '"auto", "min" or "max"',
                'mode="min" if smaller is better',
            )
        if self.mode == "auto" and self.name not in ("loss", "val_loss"):
            raise OptionError(
                f'monitor is {self.name!r} with mode="auto".',
                'mode="min" or mode="max", because only a loss is known to be better when smaller',
                'mode="min" if smaller is better, mode="max" if greater is',
            )

    def value(self, logs: Mapping[str, float]) -> float:
        """The quantity in an epoch's logs.

        Raises:
            OptionError: It is not among them; the message names those that are.
        """
        if self.name not in logs:
            raise OptionError(
                f"monitor is {self.name!r}, which was not measured.",
                f"one of {', '.join(sorted(logs))}",
                "give validation data"
                if self.name.startswith("val_")
                else "monitor one of those, or place the callback that measures it before",
            )
        return float(logs[self.name])

    def is_better(self, value: float, reference: float | None) -> bool:
        """Whether `value` improves on `reference` by more than `min_delta`."""
        if math.isnan(value):
            return False
        if reference is None:
            return True
        if self.mode == "max":
            return value - abs(self.min_delta) > reference
        return value + abs(self.min_delta) < reference
