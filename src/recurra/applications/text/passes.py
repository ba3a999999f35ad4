"""Chunks of a text, read over and over with the state carried on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Self

from recurra.training import StreamChunks
from recurra.training.streams import Chunk


class Passes:
    """Chunks without end, pass after pass; a checkpoint keeps its place and what is carried.

    Args:
        chunks: Those of a pass.

    Attributes:
        carried: The state of the layers after the chunk that was read last; None before the first.
    """

    def __init__(self, chunks: StreamChunks) -> None:
        self.carried: Any = None
        self._chunks = chunks
        self._read = 0
        self._pass: Iterator[Chunk] = iter(())

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Chunk:
        """The next chunk, the first after the last."""
        if self._read % len(self._chunks) == 0:
            self._pass = iter(self._chunks)
        self._read += 1
        return next(self._pass)

    def state_dict(self) -> dict[str, Any]:
        """Where it is."""
        return {"read": self._read, "carried": self.carried}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from there."""
        self._read, self.carried = state["read"], state["carried"]
        self._pass = islice(self._chunks, self._read % len(self._chunks), None)
