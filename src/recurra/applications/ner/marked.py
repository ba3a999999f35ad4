"""Sentences in which is marked what is there and what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recurra.applications.ner.chunks import Chunk
from recurra.applications.words import stand_alone

SHOWN = 12
"""Sentences shown."""

RIGHT, WRONG, MISSED = 0.6, -0.5, -1.0
"""How strongly each is marked."""


@dataclass(frozen=True)
class Marked:
    """A sentence.

    Attributes:
        tokens: Its tokens.
        truth: Its entities.
        found: Those answered.
    """

    tokens: tuple[str, ...]
    truth: frozenset[Chunk]
    found: frozenset[Chunk]

    @property
    def wrong(self) -> int:
        """How many entities were missed, or found where they are not."""
        return len(self.truth ^ self.found)

    def parts(self) -> list[tuple[str, float]]:
        """The sentence in pieces, each with a weight: right above 0, missed or wrong below."""
        parts: list[tuple[str, float]] = []
        place = 0
        for chunk, weight in self._in_order():
            parts.append((self._text(place, chunk.start), 0.0))
            # What overlaps what stands there already is shown behind it.
            start = max(place, chunk.start)
            shown = self._text(start, chunk.end) or self._text(chunk.start, chunk.end)
            what = "not found: " if weight == MISSED else ""
            entity = f"{shown.lstrip(' ')}⟨{what}{chunk.kind or 'entity'}⟩"
            parts += [(" " * shown.startswith(" "), 0.0), (entity, weight)]
            place = max(place, chunk.end)
        return [(text, weight) for text, weight in [*parts, (self._text(place, None), 0.0)] if text]

    def _in_order(self) -> Iterator[tuple[Chunk, float]]:
        for chunk in sorted(self.truth | self.found, key=lambda one: (one.start, one.end)):
            if chunk in self.truth:
                yield chunk, RIGHT if chunk in self.found else MISSED
            else:
                yield chunk, WRONG

    def _text(self, start: int, end: int | None) -> str:
        tokens = self.tokens[start:end]
        return "".join(
            one if stand_alone(one) or (n and stand_alone(tokens[n - 1])) else f" {one}"
            for n, one in enumerate(tokens)
        )


def marked(
    sentences: Sequence[Sequence[str]],
    truth: Sequence[Sequence[Chunk]],
    found: Sequence[Sequence[Chunk]],
) -> list[Marked]:
    """The first sentences in which there is something to mark, every other one with an error.

    Args:
        sentences: The tokens of each.
        truth: The entities of each.
        found: Those answered.
    """
    every = [
        Marked(tuple(tokens), frozenset(there), frozenset(answered))
        for tokens, there, answered in zip(sentences, truth, found, strict=True)
        if there or answered
    ]
    torn = [one for one in every if one.wrong][: SHOWN // 2]
    whole = [one for one in every if not one.wrong][: SHOWN - len(torn)]
    return [*whole, *torn]
