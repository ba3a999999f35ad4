"""Music of your own: which keys sound at the next step."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from torch import Tensor

from recurra.applications.music import read_music
from recurra.applications.music.holding_out import parted
from recurra.applications.music.roll import KEYS
from recurra.errors import DataError
from recurra.studies.material import Material, Sequences
from recurra.studies.stretches import stretches
from recurra.studies.tasks.yours import evenly, judged_by
from recurra.studies.tasks.yours.plain import with_plain

STEPS = 100
"""Of a stretch; each begins without memory of the one before."""

LEARNED, HELD_OUT = 500, 100
"""Stretches of each part, at most."""


def read(path: Path) -> Material:
    """Pieces in stretches, each step's keys foretold from those before.

    Args:
        path: A folder of MIDI files, one of them, or a .mat file. Parts that are given are kept;
            else pieces are held out as the job ``music`` does it, and where it holds none out to
            judge by, the second half of what it chooses by is.

    Raises:
        DataError: If nothing can be read, or there is too little.
        OptionError: If a library that reads it is not installed.
    """
    found = read_music(path)
    parts = parted(found.train, found.validation, found.test, 0)
    chosen, judged, said = parts.chosen_by, parts.judged, [*found.notes, *parts.notes]
    if not judged:
        chosen, judged = (
            [one[: len(one) // 2] for one in chosen],
            [one[len(one) // 2 :] for one in chosen],
        )
        said.append("the second half of what is held out is judged by")
    train = _sequences(parts.learned, LEARNED, path)
    validation, test = (_sequences(one, HELD_OUT, path) for one in (chosen, judged))
    said.append(
        f"in stretches of {STEPS} steps, {len(train):,} to learn from, {len(validation):,} to "
        f"choose by, {len(test):,} to judge by"
    )
    said += judged_by.told(len(test), "stretches", path)
    made = Material(
        "music",
        "Your music",
        "keys",
        KEYS,
        KEYS,
        train,
        validation,
        test,
        "nats",
        batch_size=8,
        note="; ".join(said),
        amount=sum(map(len, parts.learned)),
    )
    return with_plain(made)


def _sequences(pieces: Sequence[Tensor], most: int, path: Path) -> Sequences:
    found = [one.float() for piece in pieces for one in stretches(piece, STEPS)]
    if not found:
        raise DataError(f"{path}, in which a part has no two steps", "more music")
    kept = [found[place] for place in evenly.places(len(found), most).tolist()]
    return Sequences([one[:-1] for one in kept], [one[1:] for one in kept])
