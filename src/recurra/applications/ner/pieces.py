"""Sentences of any length in pieces that a network can read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from recurra.applications.ner.chunks import Chunk

MARKS = frozenset(".!?;。！？；…")
"""Behind which a long sentence is cut if it can be."""


class Window(NamedTuple):
    """A stretch of tokens that is read, and the part of it that is answered.

    Attributes:
        start: Its first token.
        end: The token behind its last.
        kept: The first token answered.
        until: The token behind the last answered.
    """

    start: int
    end: int
    kept: int
    until: int


def windows(length: int, most: int, margin: int) -> list[Window]:
    """Overlapping windows over a sentence: each token is answered once, and has neighbours to see.

    Args:
        length: Its tokens.
        most: The most that are read at once, more than twice the margin.
        margin: How many tokens of a window's ends are not answered where it has a neighbour.
    """
    if length <= most:
        return [Window(0, length, 0, length)]
    step = most - 2 * margin
    starts = list(range(0, length - 2 * margin, step))
    found = []
    for start in starts:
        end = min(start + most, length)
        kept = start + margin if start else 0
        until = length if start == starts[-1] else start + margin + step
        found.append(Window(start, end, kept, until))
    return found


def cut(tokens: Sequence[str], chunks: Sequence[Chunk], most: int) -> list[tuple[int, int]]:
    """Where a sentence is cut to be learned from: start and end of each piece.

    Behind the last sentence mark of what a piece can hold, else at the last place that is in no
    entity; through an entity only if it fills half a piece.

    Args:
        tokens: Of the sentence.
        chunks: Its entities, from left to right.
        most: The most tokens of a piece, at least 2.
    """
    inside = {place for chunk in chunks for place in range(chunk.start + 1, chunk.end)}
    found, start = [], 0
    while len(tokens) - start > most:
        ends = [end for end in range(start + most, start + most // 2, -1) if end not in inside]
        marked = (end for end in ends if tokens[end - 1] in MARKS)
        end = next(marked, ends[0] if ends else start + most)
        found.append((start, end))
        start = end
    return [*found, (start, len(tokens))]


def clipped(chunks: Sequence[Chunk], start: int, end: int) -> list[Chunk]:
    """The entities of a piece, counted from its start; what crosses its ends is cut there."""
    return [
        Chunk(kind, max(a, start) - start, min(b, end) - start)
        for kind, a, b in chunks
        if a < end and b > start
    ]
