"""The folder of a run: its finished trainings, the last two states of the one at work, parts."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recurra import atomic
from recurra.errors import OutputError

KEPT = 2
"""States of a training: should the newest be damaged, there is the one before."""

_NAME = re.compile(r"training-(\d{3,})\.(finished|state-(\d+))\.safetensors")
_ASIDE = re.compile(r"\.training-.*\.(\d+)\.part")
"""What is being written, with the number of the process."""
_PART = re.compile(r"part-(\d{3,})")


@dataclass(frozen=True)
class Folder:
    """Files by the number of their training and, while it was at work, the number of the state.

    A part of the run, which another process keeps, has a folder of its own within.

    Attributes:
        path: Where it lies; made when it is needed.
    """

    path: Path

    def check(self) -> None:
        """Makes sure that files can be written, and removes what a kill left half-written.

        Raises:
            OutputError: If they cannot.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
            atomic.sweep(self.path, _ASIDE)
        except OSError as error:
            raise OutputError(
                f"checkpoints cannot be written to {self.path}: {error.strerror or error}",
                "a folder that can be written to, on a disk with room",
                "name another folder",
            ) from error

    def finished(self, training: int) -> Path:
        """The file of a training that came to its end."""
        return self.path / f"training-{training:03d}.finished.safetensors"

    def states(self, training: int) -> list[Path]:
        """Those of one on its way, the newest first."""
        found = [(state, path) for path, number, state in self._files() if number == training]
        states = sorted(((state, path) for state, path in found if state is not None), reverse=True)
        return [path for _, path in states]

    def write_finished(self, training: int, content: bytes) -> None:
        """Writes the end of a training, and lets go of its states.

        Raises:
            OutputError: If it cannot be written; what was there stays.
        """
        atomic.write(self.finished(training), content)
        _remove(self.states(training))

    def write_state(self, training: int, content: bytes) -> None:
        """Writes a state beside the newest, and lets go of those before.

        Raises:
            OutputError: If it cannot be written; what was there stays.
        """
        former = self.states(training)
        states = [state for _, number, state in self._files() if number == training]
        number = 1 + max((state for state in states if state is not None), default=-1)
        atomic.write(self.path / f"training-{training:03d}.state-{number}.safetensors", content)
        _remove(former[KEPT - 1 :])

    def part(self, number: int) -> Folder:
        """The folder of a part, by its place among the trainings of the run."""
        return Folder(self.path / f"part-{number:03d}")

    def parts(self, first: int = 0) -> list[Folder]:
        """Those that are there, from a place on."""
        here = self.path.iterdir() if self.path.is_dir() else ()
        found = [int(name[1]) for path in here if (name := _PART.fullmatch(path.name))]
        return [self.part(number) for number in sorted(found) if number >= first]

    def any(self) -> list[Path]:
        """All checkpoints in it, the latest training's last; after them those of its parts."""
        own = sorted(path for path, *_ in self._files())
        return [*own, *(path for part in self.parts() for path in part.any())]

    def clear(self) -> None:
        """Removes them, and what a kill in the middle of writing left; the folder too if empty."""
        for part in self.parts():
            part.clear()
        with contextlib.suppress(OSError):
            asides = [path for path in self.path.iterdir() if _ASIDE.fullmatch(path.name)]
            _remove([*self.any(), *asides])
        self.leave()

    def leave(self) -> None:
        """Removes the folder, if nothing is in it but parts with nothing in them."""
        for part in self.parts():
            part.leave()
        with contextlib.suppress(OSError):
            self.path.rmdir()

    def _files(self) -> Iterator[tuple[Path, int, int | None]]:
        """Each with the numbers of its training and state."""
        for path in self.path.iterdir() if self.path.is_dir() else ():
            if found := _NAME.fullmatch(path.name):
                yield path, int(found[1]), None if found[3] is None else int(found[3])


def _remove(paths: list[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()
