"""A piece as a piano roll: which of 88 keys sound at each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from recurra.errors import DataError

KEYS = 88
LOWEST = 21
"""The MIDI number of a piano's lowest key, A0."""


@dataclass(frozen=True)
class Grid:
    """What a step is in time.

    Attributes:
        steps: How many there are in a quarter note, at least 1.
        tempo: Quarter notes a minute, above 0.
    """

    steps: int = 2
    tempo: float = 120.0


class Held(NamedTuple):
    """A key that sounds from one step on, up to but not at another."""

    begin: int
    end: int
    key: int


def checked(pieces: Sequence[object], what: str = "pieces") -> list[Tensor]:
    """Piano rolls as tensors of one type.

    Args:
        pieces: (T, 88) each, T at least 1, of 0 and 1: tensors, arrays or lists.
        what: They are called.

    Returns:
        uint8 (T, 88) each.

    Raises:
        DataError: If one is of another shape, or holds anything else.
    """
    return [_checked(piece, f"{what}[{number}]") for number, piece in enumerate(pieces)]


def _checked(piece: object, name: str) -> Tensor:
    try:
        found = torch.as_tensor(piece if isinstance(piece, Tensor) else np.asarray(piece))
    except (TypeError, ValueError, RuntimeError) as error:
        raise DataError(f"{name}, which is no array ({error})", _EXPECTED) from error
    if found.ndim != 2 or found.shape[1] != KEYS or not len(found):
        raise DataError(f"{name} of shape {tuple(found.shape)}", _EXPECTED)
    if not bool(((found == 0) | (found == 1)).all()):
        raise DataError(f"{name}, which holds other numbers than 0 and 1", _EXPECTED)
    return found.to(torch.uint8)


_EXPECTED = "a piano roll (T, 88): 1 where a key sounds at a step, 0 where it does not, A0 first"


def held(roll: Tensor) -> list[Held]:
    """The keys of a roll (T, 88) as notes, in the order in which they begin.

    A key that sounds at several steps in a row is one note: a roll does not tell whether it was
    struck again.
    """
    silence = torch.zeros(1, KEYS, dtype=torch.int8)
    change = torch.cat([silence, roll.to(torch.int8), silence]).diff(dim=0)
    # By key, then time, so that the beginnings and the ends of a key pair up.
    begins, ends = (change.T.eq(sign).nonzero() for sign in (1, -1))
    notes = [
        Held(int(begin), int(end), int(key))
        for (key, begin), (_, end) in zip(begins.tolist(), ends.tolist(), strict=True)
    ]
    return sorted(notes)


def of_notes(notes: Sequence[Held], steps: int) -> Tensor:
    """The roll of notes, uint8 (steps, 88)."""
    roll = torch.zeros(steps, KEYS, dtype=torch.uint8)
    for begin, end, key in notes:
        roll[begin:end, key] = 1
    return roll
