"""The journal of a run that several processes share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from recurra.training.checkpoints.folder import Folder
from recurra.training.checkpoints.journal import Journal
from recurra.training.distributed.ranks import Ranks, ranks


def journal_of(path: Path, every: float, describe: Callable[[], Mapping[str, Any]]) -> Journal:
    """The journal of a run, shared if several processes share its trainings."""
    there = ranks()
    if there is None:
        return Journal(Folder(path), every, describe)
    return SharedJournal(Folder(path), every, describe, there)


class SharedJournal(Journal):
    """Only the first process reads and writes files; it tells the others what it read.

    Args:
        folder: Where to.
        every: Seconds from one writing to the next.
        describe: Tells what the run is of, which is kept in every file.
        there: The processes.
    """

    def __init__(
        self, folder: Folder, every: float, describe: Callable[[], Mapping[str, Any]], there: Ranks
    ) -> None:
        super().__init__(folder, every, describe)
        self._ranks = there

    @property
    def due(self) -> bool:
        """Whether it is time to write, by the first one's clock."""
        return self._ranks.first and super().due

    def described(self) -> Mapping[str, Any] | None:
        """What the run is of that the files are from; None if none can be read."""
        return self._ranks.from_first(super().described)

    def finished(self, training: int) -> dict[str, Any] | None:
        """How a training ended, if it did."""
        read = super().finished
        return self._ranks.from_first(lambda: read(training))

    def state(self, training: int) -> dict[str, Any] | None:
        """The newest state of a training that can be read."""
        read = super().state
        return self._ranks.from_first(lambda: read(training))

    def write(self, training: int, content: Mapping[str, Any]) -> None:
        """Writes the state of the training at work, and what waits."""
        if self._ranks.first:
            super().write(training, content)

    def end(self, training: int, content: Mapping[str, Any]) -> None:
        """Takes the end of a training."""
        if self._ranks.first:
            super().end(training, content)

    def clear(self) -> None:
        """Removes all that was written, and forgets what was not."""
        if self._ranks.first:
            super().clear()
        else:
            self._count = 0
