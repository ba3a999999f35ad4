"""What a model is chosen and judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from recurra.applications.folds import folds
from recurra.errors import DataError

MANY, SOME = 20, 5
"""Pieces from which on a test part is held out, and from which on whole pieces are."""

FEWEST = 40
"""Steps that there must be to learn from."""


@dataclass(frozen=True)
class Parts:
    """The pieces, by what they serve for.

    Attributes:
        learned: To learn from.
        chosen_by: The best weights are chosen by these.
        judged: Nothing is chosen by these; empty if there are too few pieces.
        notes: How they were parted.
    """

    learned: list[Tensor]
    chosen_by: list[Tensor]
    judged: list[Tensor]
    notes: tuple[str, ...]


def parted(
    pieces: Sequence[Tensor], validation: Sequence[Tensor], test: Sequence[Tensor], seed: int
) -> Parts:
    """Keeps parts that are given, and holds out those that are not.

    Of 20 pieces or more a tenth is held out to choose by, and another to judge by; of 5 or more a
    fifth to choose by; of fewer the last fifth of each. Pieces that are the same go together.

    Args:
        pieces: To learn from, (T, 88) each.
        validation: To choose by, if given.
        test: To judge by, if given.
        seed: Of the deal.

    Raises:
        DataError: If there is too little music.
    """
    kept, notes = list(pieces), list[str]()
    judged, chosen_by = list(test), list(validation)
    total = sum(map(len, kept))
    if total < FEWEST:
        raise DataError(f"music of {total:,} steps", f"at least {FEWEST}", "give more pieces")
    if not validation:
        count = 10 if len(kept) >= MANY else 5
        deal = _dealt(kept, count, seed) if len(kept) >= SOME else None
        if deal is None:
            chosen_by, kept = [one[_cut(one) :] for one in kept], [one[: _cut(one)] for one in kept]
            chosen_by = [one for one in chosen_by if len(one) > 1]
            notes.append("the last fifth of each piece is held out, to choose weights by")
        else:
            chosen_by = [one for one, part in zip(kept, deal, strict=True) if part == 1]
            apart = {1} if test or len(kept) < MANY else {0, 1}
            if 0 in apart:
                judged = [one for one, part in zip(kept, deal, strict=True) if part == 0]
            kept = [one for one, part in zip(kept, deal, strict=True) if part not in apart]
    if not kept or not chosen_by:
        raise DataError("pieces that are all the same", "at least two that differ")
    notes.append(
        f"{len(kept):,} pieces to learn from, {len(chosen_by):,} to choose weights by, "
        f"{len(judged):,} to judge by"
    )
    return Parts(kept, chosen_by, judged, tuple(notes))


def _dealt(pieces: Sequence[Tensor], count: int, seed: int) -> list[int]:
    same = [one.numpy().tobytes() for one in pieces]
    found: list[int] = folds(same, [0] * len(pieces), count, seed).tolist()
    return found


def _cut(piece: Tensor) -> int:
    return len(piece) - len(piece) // 5
