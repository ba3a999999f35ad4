"""Long sentences, cut into pieces that can be translated one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import reduce

from recurra.applications.words import stand_alone

SENTENCE_END = re.compile(r"[.!?…;:。！？；：]['\"”’)\]]*$")


def cut(
    numbers: Sequence[int], longest: int, shown: Callable[[Sequence[int]], str]
) -> list[list[int]]:
    """Cuts numbers into pieces of at most so many.

    A piece ends behind the last mark in it that ends a sentence or part of one, else before the
    last word in it that begins, if that is in its second half; else wherever it is full.

    Args:
        numbers: Of a sentence, without the end mark.
        longest: At least 1.
        shown: The text of some numbers.
    """
    pieces, rest = [], list(numbers)
    while len(rest) > longest:
        place = _place(rest[: longest + 1], shown)
        pieces.append(rest[:place])
        rest = rest[place:]
    return [*pieces, rest] if rest else pieces


def joined(texts: Sequence[str]) -> str:
    """Translations of pieces as one: with blanks between words, none between letters."""
    return reduce(_beside, texts, "")


def _place(numbers: Sequence[int], shown: Callable[[Sequence[int]], str]) -> int:
    """Where a piece ends, from 1 to one less than there are numbers."""
    full = len(numbers) - 1
    half = range(full, max(0, full // 2), -1)
    text = {place: shown(numbers[place - 1 : place]) for place in (*half, full + 1)}
    ended = (place for place in half if SENTENCE_END.search(text[place]))
    begun = (place for place in half if text[place + 1].startswith(" "))
    return next(ended, next(begun, full))


def _beside(before: str, after: str) -> str:
    alone = any(map(stand_alone, (before[-1:], after[:1])))
    return before + after if alone or not before or not after else f"{before} {after}"
