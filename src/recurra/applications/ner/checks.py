"""Sentences and tags, looked at before anything is learned from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recurra.applications.ner.chunks import Chunk
from recurra.applications.ner.notation import Notation, find
from recurra.errors import DataError


@dataclass(frozen=True)
class Given:
    """What is left of sentences and tags.

    Attributes:
        sentences: The tokens of each, N of them, none empty.
        chunks: The entities of each.
        notation: How the tags are written.
        notes: What was found, left out or repaired.
    """

    sentences: list[list[str]]
    chunks: list[list[Chunk]]
    notation: Notation
    notes: tuple[str, ...]


def checked(sentences: Sequence[Sequence[str]], tags: Sequence[Sequence[str]], what: str) -> Given:
    """Leaves out sentences without a token, and reads the tags of the others.

    Args:
        sentences: The tokens of each.
        tags: The tag of each token.
        what: What the sentences are called in a note or an error.

    Raises:
        DataError: If they do not pair up, are no text, are in no scheme, or nothing is left.
    """
    _check_paired(sentences, tags, what)
    kept = [place for place, one in enumerate(sentences) if one]
    if not kept:
        raise DataError(f"{len(sentences):,} {what}, none with a token", "sentences with tokens")
    notation = find([tags[place] for place in kept])
    read = [notation.chunks(tags[place]) for place in kept]
    notes = _said(len(sentences) - len(kept), [broken for _, broken in read], notation, what)
    return Given(
        [list(sentences[place]) for place in kept],
        [chunks for chunks, _ in read],
        notation,
        tuple(notes),
    )


def kinds_of(given: Given) -> Counter[str]:
    """How many entities there are of each kind.

    Raises:
        DataError: If there is none at all.
    """
    counted = Counter(chunk.kind for chunks in given.chunks for chunk in chunks)
    if not counted:
        raise DataError(
            f"{len(given.sentences):,} sentences without an entity: all tags are O",
            "sentences with entities to learn from",
            "name the column of tags, if it is another: --tag-column",
        )
    return counted


def named(kind: str) -> str:
    """A kind in words."""
    return repr(kind) if kind else "without a name"


def _check_paired(
    sentences: Sequence[Sequence[str]], tags: Sequence[Sequence[str]], what: str
) -> None:
    if isinstance(sentences, str) or len(sentences) != len(tags):
        raise DataError(
            f"{len(sentences):,} {what} and tags of {len(tags):,}",
            "two lists of the same length, a tag for each token",
        )
    for number, (tokens, own) in enumerate(zip(sentences, tags, strict=True)):
        if isinstance(tokens, str) or len(tokens) != len(own):
            raise DataError(
                f"{len(tokens):,} tokens and {len(own):,} tags in number {number:,} of the {what}",
                "a list of tokens, and a tag for each",
            )
        strange = [one for one in (*tokens, *own) if not isinstance(one, str) or not one]
        if strange:
            raise DataError(
                f"{strange[0]!r} in number {number:,} of the {what}", "texts, none empty"
            )


def _said(empty: int, broken: Sequence[int], notation: Notation, what: str) -> Iterator[str]:
    yield f"tags of the {what} are written in {notation.name}"
    if empty:
        yield f"{empty:,} of the {what} {'is' if empty == 1 else 'are'} empty and left out"
    if count := sum(broken):
        torn = sum(map(bool, broken))
        yield (
            f"{count:,} tag{' breaks' if count == 1 else 's break'} the rules of {notation.name} "
            f"in {torn:,} of the {what}: repaired, an entity begins wherever none of its kind is "
            "open"
        )
