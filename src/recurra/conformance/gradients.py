"""Gradients of a layer, held against differences of its values."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.autograd.gradcheck import GradcheckError, gradgradcheck

from recurra.conformance.modes import modes
from recurra.conformance.trial import drawn_trial
from recurra.errors import ConformanceError
from recurra.language import Cell

_TOLERANCE = 1e-6
_KINK = 1e-3
_DRAWS = 3


def first_derivatives(cell: Cell) -> str:
    """Gradients by inputs, states, times and parameters are the slopes of the values."""
    slopes = _Slopes()
    for training in modes(cell):
        for goes_on in (False, True):
            slopes.hold(cell, training=training, goes_on=goes_on)
    return slopes.words()


def second_derivatives(cell: Cell) -> str:
    """Gradients of gradients are the slopes of gradients."""
    count = 0
    for training in modes(cell):
        trial = drawn_trial(cell, training=training, goes_on=True)
        flat = torch.cat([value.flatten() for value in trial.values.values()]).requires_grad_()
        try:
            gradgradcheck(trial.result_of, flat, fast_mode=True)
        except GradcheckError as error:
            raise ConformanceError(
                f"a gradient of gradients is not the slope of gradients: {error}",
                "the same but for rounding",
            ) from error
        count += flat.numel()
    return f"by {count} numbers at once"


class _Slopes:
    """Holds gradients against slopes, and counts them."""

    def __init__(self) -> None:
        self.smooth = 0
        self.kinks = 0
        self.largest = 0.0

    def hold(self, cell: Cell, *, training: bool, goes_on: bool) -> None:
        """The gradients by all values, each at some place at least."""
        names: Iterable[str] | None = None
        for _ in range(_DRAWS):
            trial = drawn_trial(cell, training=training, goes_on=goes_on)
            gradients = trial.gradients()
            # What met nothing but kinks is tried again elsewhere.
            names = [
                name
                for name in names or trial.values
                if not self._compared(name, gradients[name], *trial.slopes(name))
            ]
            if not names:
                return
        raise ConformanceError(
            f"the values have a kink wherever {', '.join(names or ())} was tried",
            "smooth places beside the kinks",
        )

    def _compared(self, name: str, gradient: Tensor, left: Tensor, right: Tensor) -> int:
        """At how many places of a value the gradient could be compared."""
        middle, scale = (left + right) / 2, 1 + torch.maximum(left.abs(), right.abs())
        apart = (gradient - middle).abs() / scale
        # Slopes that differ from side to side leave open what the gradient should be.
        kink = (apart > _TOLERANCE) & ((left - right).abs() / scale > _KINK)
        wrong = ~(apart <= _TOLERANCE) & ~kink
        if bool(wrong.any()):
            place = tuple(map(int, wrong.nonzero()[0]))
            raise ConformanceError(
                f"the gradient by {name} at {place} is {float(gradient[place]):.9g}",
                f"{float(middle[place]):.9g}, the slope there",
            )
        self.largest = max(self.largest, float(torch.where(kink, 0.0, apart).max()))
        self.kinks += int(kink.sum())
        self.smooth += (smooth := int((~kink).sum()))
        return smooth

    def words(self) -> str:
        """What was seen."""
        beside = f"; {self.kinks} at kinks left out" if self.kinks else ""
        return f"{self.smooth} slopes, apart by at most {self.largest:.1e}{beside}"
