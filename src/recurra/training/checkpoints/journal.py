"""What of a run is on the disk, and what soon will be."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from recurra.errors import OutputError
from recurra.training.announce import announce
from recurra.training.checkpoints import file
from recurra.training.checkpoints.file import DamagedError
from recurra.training.checkpoints.folder import Folder


class Journal:
    """Writes the states of a run's trainings from time to time, and reads them again.

    The end of a training waits in memory until something is written anyway, so that a run of many
    short trainings does not wait for the disk at each.

    Args:
        folder: Where to.
        every: Seconds from one writing to the next.
        describe: Tells what the run is of, which is kept in every file.
    """

    def __init__(
        self, folder: Folder, every: float, describe: Callable[[], Mapping[str, Any]]
    ) -> None:
        self.folder = folder
        self._every = every
        self._describe = describe
        self._pending: dict[int, bytes] = {}
        self._count = 0
        self._failed = False
        self._written = time.monotonic()

    def begin(self) -> None:
        """Counts from the first training, and the time from now."""
        self._count, self._written = 0, time.monotonic()

    @property
    def due(self) -> bool:
        """Whether it is time to write."""
        return time.monotonic() - self._written >= self._every

    def next(self) -> int:
        """The number of a training that begins."""
        self._count += 1
        return self._count - 1

    @property
    def count(self) -> int:
        """How many have begun."""
        return self._count

    def skip(self, count: int) -> None:
        """Passes over the numbers of trainings that need not begin."""
        self._count += count

    def described(self) -> Mapping[str, Any] | None:
        """What the run is of that the next training's files are from; None if none can be read.

        What the next parts are from is told without the machine: that is each process's own.
        """
        own = (self.folder.finished(self._count), *self.folder.states(self._count))
        if (found := _described(own)) is not None:
            return found
        parts = self.folder.parts(first=self._count)
        found = _described(path for part in parts for path in part.any())
        return found and {name: one for name, one in found.items() if name != "machine"}

    def finished(self, training: int) -> dict[str, Any] | None:
        """How a training ended, if it did."""
        path = self.folder.finished(training)
        if not path.exists():
            return None
        return _read(path, "that training is made anew, which gives the same")

    def state(self, training: int) -> dict[str, Any] | None:
        """The newest state of a training that can be read."""
        paths = self.folder.states(training)
        for place, path in enumerate(paths):
            last = place + 1 == len(paths)
            content = _read(path, "begins anew" if last else "goes on from the one before")
            if content is not None:
                return content
        return None

    def write(self, training: int, content: Mapping[str, Any]) -> None:
        """Writes the state of the training at work, and what waits."""
        packed = file.pack({**content, "described": self._describe()})
        self.flush()
        self._attempt(self.folder.write_state, training, packed)

    def end(self, training: int, content: Mapping[str, Any]) -> None:
        """Takes the end of a training."""
        self._pending[training] = file.pack({**content, "described": self._describe()})
        if self.due:
            self.flush()

    @property
    def waits(self) -> bool:
        """Whether there are ends that are not written."""
        return bool(self._pending)

    def flush(self) -> None:
        """Writes the ends that wait."""
        for training in sorted(self._pending):
            if self._attempt(self.folder.write_finished, training, self._pending[training]):
                del self._pending[training]

    def clear(self) -> None:
        """Removes all that was written, and forgets what was not."""
        self._pending, self._count = {}, 0
        self.folder.clear()

    def _attempt(self, write: Callable[[int, bytes], None], training: int, content: bytes) -> bool:
        """A disk that is full must not cost the training; it is said once."""
        self._written = time.monotonic()
        try:
            write(training, content)
        except OutputError as error:
            if not self._failed:
                announce(
                    f"{error.given}; the training goes on, and a kill would cost what it did since "
                    f"the last checkpoint. Try: {error.do}."
                )
            self._failed = True
            return False
        self._failed = False
        return True


def _described(paths: Iterable[Path]) -> Mapping[str, Any] | None:
    """What the first that can be read is of."""
    for path in paths:
        with contextlib.suppress(DamagedError):
            described: Mapping[str, Any] = file.read(path)["described"]
            return described
    return None


def _read(path: Path, otherwise: str) -> dict[str, Any] | None:
    """The content of a file; of a damaged one, a word on it and None."""
    try:
        return file.read(path)
    except DamagedError as error:
        announce(f"The checkpoint {path} is damaged ({error}): the run {otherwise}.")
        return None
