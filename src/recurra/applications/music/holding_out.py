"""What a model is chosen and judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    total = sum(map(len, pieces))
    if total < FEWEST:
        raise DataError(f"music of {total:,} steps", f"at least {FEWEST}", "give more pieces")
    if validation:
        found = Parts(list(pieces), list(validation), list(test), ())
    elif len(pieces) < SOME:
        found = _ends(pieces, test)
    else:
        found = _whole_pieces(pieces, test, seed)
    if not found.learned or not found.chosen_by:
        raise DataError("pieces that are all the same", "at least two that differ")
    counted = (
        f"{len(found.learned):,} pieces to learn from, {len(found.chosen_by):,} to choose weights "
        f"by, {len(found.judged):,} to judge by"
    )
    return replace(found, notes=(*found.notes, counted))


def _ends(pieces: Sequence[Tensor], test: Sequence[Tensor]) -> Parts:
    """The last fifth of each is held out to choose by."""
    ends = [one[_cut(one) :] for one in pieces]
    return Parts(
        [one[: _cut(one)] for one in pieces],
        [one for one in ends if len(one) > 1],
        list(test),
        ("the last fifth of each piece is held out, to choose weights by",),
    )


def _whole_pieces(pieces: Sequence[Tensor], test: Sequence[Tensor], seed: int) -> Parts:
    """Some pieces are held out to choose by, and of many others to judge by, if none are given."""
    many = len(pieces) >= MANY
    deal = _dealt(pieces, 10 if many else 5, seed)
    chosen, judged = 1, 0 if many and not test else None
    parts: dict[int | None, list[Tensor]] = {chosen: [], judged: [], -1: []}
    for one, part in zip(pieces, deal, strict=True):
        parts[part if part in {chosen, judged} else -1].append(one)
    return Parts(parts[-1], parts[chosen], parts[judged] or list(test), ())


def _dealt(pieces: Sequence[Tensor], count: int, seed: int) -> list[int]:
    same = [one.numpy().tobytes() for one in pieces]
    found: list[int] = folds(same, [0] * len(pieces), count, seed).tolist()
    return found


def _cut(piece: Tensor) -> int:
    return len(piece) - len(piece) // 5
