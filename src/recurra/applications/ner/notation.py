"""How a file writes entities as tags, found by itself, and repaired where it breaks its rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from recurra.applications.ner.chunks import Chunk
from recurra.errors import DataError
from recurra.structures.decoding.schemes import BIOES, BMES, IOB1, IOB2, Scheme

OUTSIDE = "O"


@dataclass(frozen=True)
class Notation:
    """A scheme of tags.

    Attributes:
        name: What it is called.
        scheme: Its rules.
        inside: What it writes within a chunk of several tokens.
        last: Likewise at its last token.
        single: Likewise at a chunk of one token.
    """

    name: str
    scheme: Scheme
    inside: str = "I"
    last: str = "I"
    single: str = "B"

    @property
    def letters(self) -> frozenset[str]:
        """The prefixes."""
        return frozenset(self.scheme.prefixes)

    def chunks(self, tags: Sequence[str]) -> tuple[list[Chunk], int]:
        """The entities of a sentence, and how many of its tags break the rules.

        What breaks them is read as conlleval does (Tjong Kim Sang & Buchholz 2000): a chunk begins
        wherever none is open, or one of another kind, and ends where the next tag cannot go on.

        Args:
            tags: Of the sentence, each a prefix and a kind, as ``"B-PER"``.
        """
        parts = [split(tag) for tag in tags]
        found: list[Chunk] = []
        begun: int | None = None
        for place, (letter, kind) in enumerate(parts):
            goes_on = begun is not None and letter in self._continuing and kind == parts[begun][1]
            if begun is not None and not goes_on:
                found.append(Chunk(parts[begun][1], begun, place))
                begun = None
            if letter != OUTSIDE and begun is None:
                begun = place
            if begun is not None and letter in self._closing:
                found.append(Chunk(kind, begun, place + 1))
                begun = None
        if begun is not None:
            found.append(Chunk(parts[begun][1], begun, len(parts)))
        return found, self._broken(parts)

    def tags(self, chunks: Sequence[Chunk], length: int) -> list[str]:
        """The tags of a sentence.

        Args:
            chunks: Its entities, from left to right, none within another.
            length: Its tokens.
        """
        tags = [OUTSIDE] * length
        before: Chunk | None = None
        for chunk in chunks:
            touching = before is not None and (before.kind, before.end) == (chunk.kind, chunk.start)
            for place in range(chunk.start, chunk.end):
                tags[place] = joined(self._letter(chunk, place, touching=touching), chunk.kind)
            before = chunk
        return tags

    def _letter(self, chunk: Chunk, place: int, *, touching: bool) -> str:
        if self.scheme is IOB1:
            return "B" if touching and place == chunk.start else "I"
        if chunk.end - chunk.start == 1:
            return self.single
        if place == chunk.start:
            return "B"
        return self.last if place == chunk.end - 1 else self.inside

    @property
    def _continuing(self) -> set[str]:
        return {self.inside, self.last}

    @property
    def _closing(self) -> set[str]:
        return {self.last, self.single} - {"B", "I"}

    def _broken(self, parts: Sequence[tuple[str, str]]) -> int:
        """The tags that cannot stand where they stand."""
        if not parts:
            return 0
        pairs = pairwise(parts)
        return (
            (parts[0][0] not in self.scheme.starts)
            + sum(not self._may_follow(*pair) for pair in pairs)
            + (parts[-1][0] not in self.scheme.ends)
        )

    def _may_follow(self, one: tuple[str, str], other: tuple[str, str]) -> bool:
        pair = one[0] + other[0]
        return pair in self.scheme.anyhow or (pair in self.scheme.within and one[1] == other[1])


_BILOU = Scheme(
    "BILOU",
    starts="BOU",
    ends="LOU",
    within=frozenset(("BI", "BL", "II", "IL")),
    anyhow=frozenset(("LB", "LO", "LU", "OB", "OO", "OU", "UB", "UO", "UU")),
)

NOTATIONS = {
    one.name: one
    for one in (
        Notation("IOB1", IOB1),
        Notation("IOB2", IOB2),
        Notation("BIOES", BIOES, last="E", single="S"),
        Notation("BMES", BMES, inside="M", last="E", single="S"),
        Notation("BILOU", _BILOU, last="L", single="U"),
    )
}
"""By name."""

LEARNED = NOTATIONS["BIOES"]
"""What networks learn, whatever a file is written in: it tells most of where chunks end."""


def split(tag: str) -> tuple[str, str]:
    """A tag's prefix and kind."""
    prefix, _, kind = tag.partition("-")
    return prefix, kind


def joined(letter: str, kind: str) -> str:
    """The tag of a prefix and a kind."""
    return f"{letter}-{kind}" if kind else letter


def find(sentences: Iterable[Sequence[str]]) -> Notation:
    """The scheme that tags are written in, told by their prefixes.

    IOB1 and IOB2 have the same: they are told by what chunks begin with behind something else, in
    most cases.

    Args:
        sentences: The tags of each.

    Raises:
        DataError: If they are written in none.
    """
    begun = Counter[str]()
    every = Counter[str]()
    for tags in sentences:
        every.update(tags)
        begun.update(_beginnings(tags))
    letters = {_checked(tag) for tag in every}
    if letters <= NOTATIONS["IOB2"].letters:
        return NOTATIONS["IOB1" if begun["I"] > begun["B"] else "IOB2"]
    fitting = [one for one in NOTATIONS.values() if letters <= one.letters]
    if not fitting:
        raise DataError(
            f"tags with the prefixes {', '.join(sorted(letters))}",
            f"those of one scheme: {_known()}",
            "write the whole file in one of them",
        )
    return fitting[0]


def _beginnings(tags: Sequence[str]) -> list[str]:
    """The prefix of each chunk that begins behind none, or behind one of another kind."""
    before = ("O", "")
    found = []
    for tag in tags:
        here = split(tag)
        if here[0] != OUTSIDE and (before[0] == OUTSIDE or here[1] != before[1]):
            found.append(here[0])
        before = here
    return found


def _checked(tag: str) -> str:
    """The prefix of a tag that has one."""
    letter, dash, kind = tag.partition("-")
    known = letter in frozenset().union(*(one.letters for one in NOTATIONS.values()))
    if not known or (dash and not kind) or (letter == OUTSIDE and dash):
        raise DataError(
            f"the tag {tag!r}",
            f"O, or a prefix, a hyphen and a kind, as B-PER, of {_known()}",
            "name the column of tags, if it is another: --tag-column",
        )
    return letter


def _known() -> str:
    *most, last = NOTATIONS
    return f"{', '.join(most)} or {last}"
