"""Pictures and captions that are handed in, held against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from numpy.typing import ArrayLike
from torch import Tensor

from recurra.applications.caption.parting import parted
from recurra.applications.caption.rules import FEWEST, MOST_HELD, SHARE
from recurra.applications.pictures import squares
from recurra.applications.words import even
from recurra.errors import DataError


@dataclass(frozen=True)
class Given:
    """Pictures that have captions.

    Attributes:
        pictures: Squares, uint8 (N, 3, S, S).
        captions: Those of each, at least one, each on a line.
        notes: What was left out.
    """

    pictures: Tensor
    captions: Sequence[list[str]]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """N."""
        return len(self.captions)

    def some(self, places: Sequence[int]) -> Given:
        """Those at some places."""
        return Given(self.pictures[list(places)], [self.captions[place] for place in places])

    @property
    def digests(self) -> list[str]:
        """Each picture in a few letters."""
        each = self.pictures.numpy()
        return [blake2b(one.tobytes(), digest_size=16).hexdigest() for one in each]

    @property
    def lines(self) -> list[str]:
        """All captions, those of a picture together."""
        return [one for some in self.captions for one in some]


def checked(
    pictures: Sequence[ArrayLike], captions: Sequence[str | Sequence[str]], side: int
) -> Given:
    """Pictures as squares, with captions on one line; those without any are left out.

    Args:
        pictures: Bytes, (H, W), (H, W, 1) or (H, W, 3) each.
        captions: One or several for each.
        side: S, the points of a side of the squares.

    Raises:
        DataError: If they do not pair up, one is no picture or no text, or nothing is left.
    """
    if isinstance(captions, str) or len(pictures) != len(captions):
        raise DataError(
            f"{len(pictures):,} pictures and {len(captions):,} captions", "a caption for each"
        )
    told = [[one] if isinstance(one, str) else list(one) for one in captions]
    strange = next((one for some in told for one in some if not isinstance(one, str)), "")
    if strange != "":
        raise DataError(f"{strange!r} among the captions", "texts", "leave out what is no text")
    lines = [[even(one) for one in some if even(one)] for some in told]
    kept = [place for place, some in enumerate(lines) if some]
    if not kept:
        raise DataError(f"{len(pictures):,} pictures, none with a caption", "a caption for each")
    left = len(pictures) - len(kept)
    notes = (f"{left:,} pictures without a caption are left out",) if left else ()
    return Given(
        squares([pictures[place] for place in kept], side), [lines[place] for place in kept], notes
    )


def hold_out(given: Given, seed: int) -> tuple[Given, Given]:
    """What to learn from, and what to judge by; pictures that are the same stay together.

    Args:
        given: At least one picture.
        seed: Of the draw.
    """
    wanted = min(MOST_HELD, len(given) // SHARE) if len(given) >= FEWEST else 0
    learned, held = parted(given.digests, wanted, seed)
    return given.some(learned), given.some(held)
