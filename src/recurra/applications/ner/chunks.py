"""Entities as stretches of tokens, and how far two sets of them agree."""

from __future__ import annotations

from typing import NamedTuple


class Chunk(NamedTuple):
    """An entity among the tokens of a sentence.

    Attributes:
        kind: What it is, as ``"PER"``; ``""`` where tags name no kind.
        start: Its first token, from 0.
        end: The token behind its last.
    """

    kind: str
    start: int
    end: int
