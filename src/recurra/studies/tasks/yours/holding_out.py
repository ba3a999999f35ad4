"""What is held out of things that each have a class."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from recurra.applications.folds import folds, folds_of_groups
from recurra.errors import DataError

FEWEST = 30
"""Things, at least."""

FEW = 500
"""Things up to which a fifth is held out, and not a tenth."""

SEED = 0


@dataclass(frozen=True)
class Parts:
    """Places of things, by what they serve for.

    Attributes:
        train: To learn from.
        validation: To choose by.
        test: To judge by.
    """

    train: list[int]
    validation: list[int]
    test: list[int]

    @property
    def all(self) -> list[int]:
        """The places of every part."""
        return [*self.train, *self.validation, *self.test]

    def told(self, things: str, beside: Path | None) -> str:
        """In words; ``beside`` is the test part of their own, if they have one."""
        return (
            f"{len(self.train):,} {things} to learn from, {len(self.validation):,} to choose by, "
            f"{len(self.test):,} to judge by" + (f", which are of {beside.name}" if beside else "")
        )


def own_test(path: Path) -> Path | None:
    """The test part that lies beside a file called ``...train...``; None if there is none."""
    for word, other in (("TRAIN", "TEST"), ("Train", "Test"), ("train", "test")):
        beside = path.with_name(path.name.replace(word, other))
        if beside != path and beside.exists():
            return beside
    return None


def dealt(
    things: Sequence[Hashable],
    classes: Sequence[int],
    groups: Sequence[str],
    *,
    given: int,
    most: tuple[int, int],
    path: Path,
) -> Parts:
    """Deals things out, each class as evenly as can be.

    Of up to 500 things a fifth is judged by and a fifth chosen by, of more a tenth each; where a
    test part is given, only what is chosen by is held out. Those that are the same go together, and
    so do those of a group.

    Args:
        things: N of them.
        classes: The class of each.
        groups: The group of each; empty where none are known.
        given: How many of them, the last ones, are a test part of their own.
        most: How many are learned from, and of each other part, at most; of more some by chance.
        path: What they are from, for the words of an error.

    Raises:
        DataError: If there are too few, or nothing is left of a part.
    """
    learned = len(things) - given
    if learned < FEWEST:
        raise DataError(f"{path} with {learned:,} examples that have a class", f"at least {FEWEST}")
    count = 5 if learned <= FEW else 10
    if len(set(groups[:learned])) > 2:
        part = folds_of_groups(groups[:learned], min(count, len(set(groups[:learned]))), SEED)
    else:
        part = folds(things[:learned], classes[:learned], count, SEED)
    number = part.tolist()
    judged = {1} if given else {0, 1}
    train = [place for place in range(learned) if number[place] not in judged]
    validation = [place for place in range(learned) if number[place] == 1]
    first = [place for place in range(learned) if number[place] == 0]
    test = list(range(learned, len(things))) if given else first
    if not (train and validation and test):
        raise DataError(f"{path}, of whose examples too many are the same", "examples that differ")
    return Parts(_some(train, most[0]), _some(validation, most[1]), _some(test, most[1]))


def _some(places: list[int], most: int) -> list[int]:
    if len(places) <= most:
        return places
    chosen = torch.randperm(len(places), generator=torch.Generator().manual_seed(SEED))[:most]
    return sorted(places[place] for place in chosen.tolist())
