"""Sequences and their classes, as they are given: what is repaired, left out or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from recurra.applications.dna.alphabet import to_letters, to_numbers
from recurra.errors import DataError


@dataclass(frozen=True)
class Given:
    """Sequences that can be learned from.

    Attributes:
        sequences: The numbers of each, uint8 (T_i,), N of them.
        labels: The class of each.
        notes: What was left out.
    """

    sequences: list[Tensor]
    labels: list[str]
    notes: tuple[str, ...]

    @property
    def letters(self) -> list[str]:
        """The sequences as text, in upper case."""
        return [to_letters(one) for one in self.sequences]


def checked(sequences: Sequence[str], labels: Sequence[str], what: str) -> Given:
    """Sequences with a base, and their classes.

    Args:
        sequences: N of them.
        labels: The class of each.
        what: They are called in errors and notes.

    Raises:
        DataError: If they do not pair up, or a letter is of no base.
    """
    if isinstance(sequences, str) or len(sequences) != len(labels):
        raise DataError(
            "a text"
            if isinstance(sequences, str)
            else f"{len(sequences)} {what} and {len(labels)} labels",
            f"a list of {what} and a label for each",
        )
    numbers = numbers_of(sequences, what)
    kept = [place for place, one in enumerate(numbers) if len(one)]
    if not kept:
        raise DataError(f"{len(sequences)} {what}, none with a base", "sequences of bases")
    left = len(numbers) - len(kept)
    notes = (f"{left:,} of the {what} without a base are left out",) if left else ()
    return Given([numbers[n] for n in kept], [str(labels[n]) for n in kept], notes)


def numbers_of(sequences: Sequence[str], what: str) -> list[Tensor]:
    """The numbers of each sequence.

    Raises:
        DataError: If one is no text, or a letter is of no base.
    """
    for place, one in enumerate(sequences):
        if not isinstance(one, str):
            raise DataError(f"{one!r} is number {place + 1:,} of the {what}", "a text of bases")
    return [to_numbers(one, f"number {n + 1:,} of the {what}") for n, one in enumerate(sequences)]


def said(given: Given) -> list[str]:
    """What is to be known of training sequences, a sentence each.

    Raises:
        DataError: If all are of one class.
    """
    counts = Counter(given.labels)
    if len(counts) < 2:
        raise DataError(
            f"all {len(given.labels):,} sequences are of the class {given.labels[0]!r}",
            "at least two classes",
            "name the column of classes, or add sequences of another class",
        )
    shown = ", ".join(f"{name!r} {count:,}" for name, count in counts.most_common(10))
    more = f" and {len(counts) - 10:,} more" if len(counts) > 10 else ""
    return [
        f"{len(given.labels):,} sequences of {len(counts):,} classes: {shown}{more}",
        *(
            f"the class {name!r} has one sequence: it is learned from, but never held out"
            for name, count in sorted(counts.items())
            if count == 1
        ),
        *_repeated(given),
    ]


def _repeated(given: Given) -> list[str]:
    letters = given.letters
    repeats = len(letters) - len(set(letters))
    if not repeats:
        return []
    pairs = Counter(letter for letter, _ in set(zip(letters, given.labels, strict=True)))
    torn = sum(count > 1 for count in pairs.values())
    also = f"; {torn:,} stand there with several classes" if torn else ""
    return [f"{repeats:,} sequences repeat another: such are held out together{also}"]
