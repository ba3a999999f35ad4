"""The grid that notes stand on, found from when they begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from recurra.applications.music.midi_file import Note
from recurra.applications.music.roll import Held, of_notes
from recurra.errors import DataError

GRIDS = (1, 2, 3, 4, 6, 8, 12)
"""Steps a quarter, the coarsest first: quarters, eighths, triplets, sixteenths, and so on."""

TOLERANCE = 1 / 32
"""How far from a step a note may begin and still be on it, in quarters."""

ENOUGH = 0.98
"""The share of notes that must be on a grid."""

USUAL = 4
"""Steps a quarter where notes are on no grid."""

LONGEST = 200_000
"""Steps of a piece beyond which its times cannot be right."""


@dataclass(frozen=True)
class Fit:
    """How well notes stand on a grid.

    Attributes:
        steps: A quarter.
        share: Of notes that begin on a step, from 0 to 1.
        moved: By how many quarters the notes are moved, the mean over all.
    """

    steps: int
    share: float
    moved: float

    def note(self, *, wished: bool) -> str:
        """The same in a sentence; ``wished`` if the user chose the grid."""
        grid = f"{self.steps} step{'s' * (self.steps > 1)} a quarter"
        on_it = f"on which {100 * self.share:.1f}% of the notes begin"
        moved = f"the others are moved, all by {self.moved:.3f} quarters on average"
        end = "" if self.share == 1 else f"; {moved}"
        if wished:
            return f"the grid: {grid}, {on_it}{end}"
        if self.share >= ENOUGH:
            return f"the grid: {grid}, the coarsest {on_it}{end}"
        return f"the notes begin on no grid: {grid} are taken, {on_it}{end}"


def fit_of(begins: NDArray[np.float64], steps: int) -> Fit:
    """How well notes that begin at times in quarters, (N,), stand on a grid."""
    off = np.abs(begins * steps - np.round(begins * steps)) / steps
    return Fit(steps, float((off <= TOLERANCE).mean()), float(off.mean()))


def grid_of(begins: NDArray[np.float64]) -> Fit:
    """The coarsest grid on which nearly all notes begin; sixteenths if there is none.

    Args:
        begins: When notes begin, in quarters, (N,), N at least 1.
    """
    fits = [fit_of(begins, steps) for steps in GRIDS]
    return next((one for one in fits if one.share >= ENOUGH), fit_of(begins, USUAL))


def quantised(notes: Sequence[Note], steps: int) -> Tensor:
    """Notes as a roll (T, 88), from the first one's begin to the last one's end.

    Each begins and ends at the nearest step, and lasts one at least.

    Args:
        notes: At least one.
        steps: A quarter.

    Raises:
        DataError: If there are more than 200,000 steps.
    """
    first = round(min(note.begin for note in notes) * steps)
    found = []
    for begin, end, key in notes:
        at = round(begin * steps) - first
        found.append(Held(at, max(at + 1, round(end * steps) - first), key))
    length = max(note.end for note in found)
    if length > LONGEST:
        raise DataError(
            f"a piece of {length:,} steps", f"at most {LONGEST:,}", "look at its times, or cut it"
        )
    return of_notes(found, length)
