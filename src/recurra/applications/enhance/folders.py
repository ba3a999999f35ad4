"""Folders of clean pictures, or of pairs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from recurra.applications.enhance.images import LEAST
from recurra.applications.pictures import (
    Pixels,
    left_out,
    open_picture,
    paths_in,
    sizes_said,
)
from recurra.errors import DataError

NOISY, CLEAN = "noisy", "clean"
"""The names of two folders in one that make pairs."""

MOST, LARGEST = 2000, 512
"""Pictures that are learned from at most, and the points each way of the middle that is kept."""


@dataclass
class Folders:
    """Pictures that are still in their files.

    Attributes:
        clean: Files of pictures as they should be.
        given: The same as they were given; None if noise is to be added.
        notes: What was left out so far, a sentence each.
    """

    clean: list[Path]
    given: list[Path] | None = None
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, data: Path, clean: Path | None = None) -> Folders:
        """Looks what there is.

        Args:
            data: A folder of clean pictures; or one with the folders noisy and clean; or one of
                pictures as they were given.
            clean: With the last, the folder of the same as they should be.

        Raises:
            DataError: If there are no pictures, or no pair has one name.
        """
        if clean is None and (data / NOISY).is_dir() and (data / CLEAN).is_dir():
            data, clean = data / NOISY, data / CLEAN
        if clean is None:
            return cls(paths_in(data))
        given, wanted = ({one.stem: one for one in paths_in(side)} for side in (data, clean))
        both = sorted(given.keys() & wanted.keys())
        alone = [
            one.name for side in (given, wanted) for stem, one in side.items() if stem not in both
        ]
        if not both:
            raise DataError(
                f"No picture in {data} has the name of one in {clean}.",
                "pairs that have the same name in both folders, whatever their endings",
            )
        return cls(
            [wanted[stem] for stem in both],
            [given[stem] for stem in both],
            left_out(sorted(alone), "without another of their name"),
        )

    def to_learn_from(self, seed: int) -> tuple[list[Pixels], list[Pixels] | None, list[str]]:
        """All of them in memory: of large ones the middle, of many some by chance.

        Returns:
            Clean pictures, the given ones or None, and sentences on what was found and left out.

        Raises:
            DataError: If none can be read.
        """
        some, notes, large = self._some(seed), [], 0

        def middle(image: Pixels) -> Pixels:
            nonlocal large
            large += max(image.shape[:2]) > LARGEST
            return image[_middle(image)]

        found = list(some.read(middle))
        clean, given = [one[2] for one in found], [one[1] for one in found]
        if len(some.clean) < len(self.clean):
            notes.append(f"{MOST:,} of {len(self.clean):,} pictures are read, drawn by chance")
        if large:
            notes.append(f"of large pictures the middle is read, at most {LARGEST} points each way")
        told = [sizes_said(clean), *some.notes, *notes]
        return (
            clean,
            None if self.given is None else [one for one in given if one is not None],
            told,
        )

    def read(
        self, kept: Callable[[Pixels], Pixels] = lambda image: image
    ) -> Iterator[tuple[str, Pixels | None, Pixels]]:
        """Names, pictures as given or None, and clean ones, one by one.

        Those that cannot be read, are too small or of two sizes are left out; when the last was
        read the notes say so.

        Args:
            kept: What is kept of each.

        Raises:
            DataError: If none is left.
        """
        broken: dict[str, list[str]] = {}
        count = 0
        for number, path in enumerate(self.clean):
            try:
                clean = open_picture(path)
                given = None if self.given is None else open_picture(self.given[number])
            except DataError:
                broken.setdefault("cannot be read", []).append(path.name)
                continue
            if min(clean.shape[:2]) < LEAST:
                small = f"smaller than {LEAST} x {LEAST} points"
                broken.setdefault(small, []).append(path.name)
            elif given is not None and given.shape[:2] != clean.shape[:2]:
                broken.setdefault("of another size than the clean one", []).append(path.name)
            else:
                count += 1
                yield path.name, None if given is None else kept(given), kept(clean)
        self.notes += [note for why, names in broken.items() for note in left_out(names, why)]
        if not count:
            raise DataError(
                f"No picture of {self.clean[0].parent} can be used: {'; '.join(self.notes)}",
                f"whole pictures of at least {LEAST} x {LEAST} points",
            )

    def _some(self, seed: int) -> Folders:
        """Not more than can be learned from."""
        if len(self.clean) <= MOST:
            return self
        places = sorted(random.Random(seed).sample(range(len(self.clean)), MOST))
        given = None if self.given is None else [self.given[place] for place in places]
        return Folders([self.clean[place] for place in places], given, self.notes)


def _middle(image: Pixels) -> tuple[slice, slice]:
    top, left = (max(0, size - LARGEST) // 2 for size in image.shape[:2])
    return slice(top, top + LARGEST), slice(left, left + LARGEST)
