"""Pictures that are handed in, held against each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike
from torch import Tensor

from recurra.applications.enhance.images import LEAST, as_image
from recurra.errors import DataError


@dataclass(frozen=True)
class Given:
    """Pictures as tensors.

    Attributes:
        clean: As they should be, (C, H, W) each.
        given: As they were given, each as high and wide; None if noise is to be added.
        notes: What was left out.
    """

    clean: Sequence[Tensor]
    given: Sequence[Tensor] | None
    notes: tuple[str, ...] = ()

    @property
    def all(self) -> list[Tensor]:
        """Those of both sides."""
        return [*self.clean, *(self.given or ())]

    @property
    def sides(self) -> list[int]:
        """The shorter side of each."""
        return [min(one.shape[1:]) for one in self.clean]

    def at_least(self, size: int) -> Given:
        """Those that are so large each way.

        Raises:
            DataError: If none is.
        """
        kept = [place for place, side in enumerate(self.sides) if side >= size]
        small = len(self.clean) - len(kept)
        if not kept:
            raise DataError(
                f"{small} pictures, each of fewer than {size} points one way",
                f"pictures of at least {size} x {size} points",
            )
        given = None if self.given is None else [self.given[place] for place in kept]
        said = f"{small:,} of fewer than {size} points one way are left out"
        notes = (*self.notes, said) if small else self.notes
        return Given([self.clean[place] for place in kept], given, notes)

    def digests(self) -> Iterator[list[str]]:
        """All that is learned from, as texts by which a checkpoint of another run is told apart."""
        for side in (self.clean, self.given or ()):
            yield [_digest(one) for one in side]


def checked(clean: Sequence[ArrayLike], given: Sequence[ArrayLike] | None) -> Given:
    """Pictures, and what was given of each.

    Raises:
        DataError: If there is none, one is no picture, or they do not pair up.
    """
    if not len(clean) or (given is not None and len(given) != len(clean)):
        raise DataError(
            f"{len(clean)} clean pictures"
            + ("" if given is None else f" and {len(given)} that were given"),
            f"at least one, of at least {LEAST} x {LEAST} points"
            + ("" if given is None else ", and what was given of each"),
        )
    images = [as_image(one) for one in clean]
    if given is None:
        return Given(images, None)
    others = [as_image(one) for one in given]
    for place, (one, other) in enumerate(zip(images, others, strict=True)):
        if one.shape[1:] != other.shape[1:]:
            raise DataError(
                f"picture {place + 1} of {_size(other)} points, its clean one of {_size(one)}",
                "pairs of one size",
            )
    return Given(images, others)


def _size(image: Tensor) -> str:
    return f"{image.shape[2]} x {image.shape[1]}"


def _digest(image: Tensor) -> str:
    return hashlib.blake2b(
        repr(tuple(image.shape)).encode() + image.numpy().tobytes(), digest_size=16
    ).hexdigest()
