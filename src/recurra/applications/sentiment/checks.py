"""Texts and classes, looked at before anything is learned from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from recurra.applications.words import tokens
from recurra.errors import DataError


@dataclass(frozen=True)
class Given:
    """What is left of texts and classes.

    Attributes:
        texts: Those that have a token, N of them.
        labels: The class of each.
        tokens: The tokens of each.
        notes: What was left out.
    """

    texts: list[str]
    labels: list[str]
    tokens: list[list[str]]
    notes: tuple[str, ...]


def checked(texts: Sequence[str], labels: Sequence[str], what: str) -> Given:
    """Leaves out texts without a token.

    Args:
        texts: As the user gave them.
        labels: The class of each.
        what: What they are called in an error.

    Raises:
        DataError: If they do not pair up, are no text, or nothing is left.
    """
    if isinstance(texts, str) or len(texts) != len(labels):
        raise DataError(
            f"{len(texts):,} {what} and {len(labels):,} labels",
            "two lists of the same length: a label for each text",
        )
    strange = [one for one in texts if not isinstance(one, str)]
    if strange:
        raise DataError(
            f"{strange[0]!r} among the {what}", "texts", "leave out rows without a text first"
        )
    cut = [[token.text for token in tokens(one)] for one in texts]
    kept = [place for place, one in enumerate(cut) if one]
    if not kept:
        raise DataError(f"{len(texts):,} {what}, none with a word in it", "texts with words")
    empty = len(texts) - len(kept)
    notes = (
        (f"{empty:,} of the {what} {'is' if empty == 1 else 'are'} empty and left out",)
        if empty
        else ()
    )
    return Given(
        [texts[place] for place in kept],
        [str(labels[place]) for place in kept],
        [cut[place] for place in kept],
        notes,
    )


def repeated_texts(texts: Sequence[Sequence[str]], labels: Sequence[str]) -> list[str]:
    """Sentences on texts that stand there several times."""
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for text, label in zip(texts, labels, strict=True):
        found[tuple(text)].append(label)
    again = sum(len(one) - 1 for one in found.values())
    torn = sum(len(set(one)) > 1 for one in found.values())
    if not again:
        return []
    held = "texts that are the same are held out together"
    split = f", {torn:,} of them with different classes" if torn else ""
    return [f"{again:,} texts repeat another{split}; {held}"]
