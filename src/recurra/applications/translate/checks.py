"""Pairs of sentences, looked at before anything is learned from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recurra.applications.words import even
from recurra.errors import DataError


@dataclass(frozen=True)
class Given:
    """What is left of pairs of sentences.

    Attributes:
        sources: N sentences, each with something in it.
        targets: The translation of each.
        notes: What was left out, and what stands there more than once.
    """

    sources: list[str]
    targets: list[str]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.sources)

    def some(self, places: Sequence[int]) -> Given:
        """Those at some places."""
        return Given([self.sources[n] for n in places], [self.targets[n] for n in places])


def checked(sources: Sequence[str], targets: Sequence[str], what: str) -> Given:
    """Leaves out pairs of which one side is blank; runs of blanks become one.

    Args:
        sources: As the user gave them.
        targets: Their translations.
        what: What they are called in notes and errors.

    Raises:
        DataError: If they do not pair up, are no text, or nothing is left.
    """
    if isinstance(sources, str) or isinstance(targets, str) or len(sources) != len(targets):
        raise DataError(
            f"{len(sources):,} sentences and {len(targets):,} translations as {what}",
            "two lists of the same length: a translation for each sentence",
        )
    strange = next((one for one in (*sources, *targets) if not isinstance(one, str)), "")
    if strange != "":
        raise DataError(f"{strange!r} among the {what}", "texts", "leave out what is no text")
    cut = [(even(s), even(t)) for s, t in zip(sources, targets, strict=True)]
    kept = [pair for pair in cut if all(pair)]
    if not kept:
        raise DataError(f"{len(cut):,} {what}, none with text on both sides", "pairs of sentences")
    blank, again = len(cut) - len(kept), len(kept) - len(set(kept))
    notes = [f"{blank:,} of the {what} have a blank side and are left out"] if blank else []
    notes += [f"{again:,} of the {what} repeat another"] if again else []
    return Given([s for s, _ in kept], [t for _, t in kept], tuple(notes))
