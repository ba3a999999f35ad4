"""Entities in running text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple, Self

from recurra.applications.ner.chunks import Chunk
from recurra.applications.ner.cutter import Word


class Entity(NamedTuple):
    """A stretch of a text.

    Attributes:
        kind: What it is, as ``"PER"``.
        text: As it stands there.
        start: Where it begins, in characters from the text's beginning.
        end: Where it ends; its last character is the one before.
        line: The line of the text in which it begins, from 1.
    """

    kind: str
    text: str
    start: int
    end: int
    line: int = 1

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return self._asdict()


@dataclass(frozen=True)
class Annotated:
    """A text, its sentences and what was found in them.

    Attributes:
        text: The text.
        sentences: The tokens of each sentence.
        chunks: The entities of each, as tokens.
    """

    text: str
    sentences: tuple[tuple[Word, ...], ...]
    chunks: tuple[tuple[Chunk, ...], ...]

    @classmethod
    def of_tokens(
        cls, sentences: Sequence[Sequence[str]], chunks: Sequence[Sequence[Chunk]], between: str
    ) -> Self:
        """From sentences that come as tokens.

        Args:
            sentences: The tokens of each.
            chunks: The entities of each.
            between: What stands between two tokens; a line's end stands between sentences.
        """
        words, at = [], 0
        for tokens in sentences:
            starts = accumulate((len(one) + len(between) for one in tokens[:-1]), initial=at)
            words.append(
                tuple(Word(one, s, s + len(one)) for one, s in zip(tokens, starts, strict=True))
            )
            at = words[-1][-1].end + 1
        text = "\n".join(between.join(tokens) for tokens in sentences)
        return cls(text, tuple(words), tuple(map(tuple, chunks)))

    @property
    def entities(self) -> list[Entity]:
        """What was found, from left to right."""
        found, line, at = [], 1, 0
        for words, chunks in zip(self.sentences, self.chunks, strict=True):
            for one in chunks:
                start, end = words[one.start].start, words[one.end - 1].end
                line += self.text.count("\n", at, start)
                at = start
                found.append(Entity(one.kind, self.text[start:end], start, end, line))
        return found
