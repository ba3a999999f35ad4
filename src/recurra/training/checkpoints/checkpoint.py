"""A run that survives being stopped: what goes on ends as if it had never been."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import torch

from recurra.errors import CheckpointError, OutputError
from recurra.training.announce import announce
from recurra.training.checkpoints import file
from recurra.training.checkpoints.folder import Folder
from recurra.training.checkpoints.part import Part
from recurra.training.checkpoints.shared_journal import journal_of
from recurra.training.checkpoints.signals import StopSignals
from recurra.training.distributed.ranks import is_first
from recurra.training.limits import positive


class Checkpoint:
    """Keeps a run in a folder, from which it goes on after being stopped or killed.

    A run is one training, or several, one after the other::

        trainer.fit(data, epochs=50, checkpoint=Checkpoint("run"))

        with Checkpoint("run") as checkpoint:
            first.fit(data, checkpoint=checkpoint)
            second.fit(data, checkpoint=checkpoint)

    The same program, started again, goes on where it was: trainings that were finished are read,
    the one at work is taken up at its last step. Model, optimizer, schedule, averages, callbacks,
    random states and the position in the data are those of that moment, so that the weights in the
    end are, bit for bit, those of a run that was never stopped, on the same machine. When the run
    has come to its end its checkpoints are removed.

    A state is written when ``every`` seconds have passed, and when Ctrl-C, SIGTERM or SIGHUP (a
    terminal that is closed) stop the process. A kill therefore costs ``every`` seconds at most, and
    a run that is shorter writes nothing, unless other processes learn parts of it: each writes its
    own in the end. Files are written aside and renamed; they are safetensors and JSON, without
    pickle. Two states are kept: if the newer one is damaged, the run goes on from the one before,
    and says so. If a disk is full, that is said, and the training goes on.

    What begins after a training that Ctrl-C ended is not kept: in a run that was never stopped it
    would have begun from something else.

    Args:
        path: The folder; it is made, and holds nothing else.
        every: Seconds from one state to the next, above 0.
        key: What the run is of: options, a digest of the data, as plain data by name. A checkpoint
            of another is refused. The model's shapes, the optimizer, the number of steps and the
            version are part of it anyway.
        verbose: 1 says on stderr where a run goes on, 0 does not. What is wrong is said anyway.

    Attributes:
        stopped: Whether Ctrl-C has ended a training of the run.

    Raises:
        OptionError: If ``every`` is not above 0.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        every: float = 60.0,
        key: Mapping[str, Any] | None = None,
        verbose: int = 1,
    ) -> None:
        positive(every=every)
        self.path = Path(path)
        self.every = every
        self.key = dict(key or {})
        self.verbose = verbose
        self.journal = journal_of(self.path, every, self._described)
        self.signals = StopSignals(self._stop)
        self.stopped = False
        self._depth = 0
        self._kept = False
        self._leaves = True

    @classmethod
    def of_part(cls, part: Part) -> Self:
        """A part of a run, in the process that learns it.

        Its folder stays, even with nothing in it: should this process die before it has answered,
        its successor looks for it. The run that it is a part of removes it.
        """
        run = cls(part.path, every=part.every, key=part.key, verbose=0)
        run._leaves = False
        return run

    @contextmanager
    def of_run(self, key: Mapping[str, Any]) -> Iterator[Checkpoint]:
        """The run of a fit, of which more is known; what was named already stays as it was.

        Inside a run that was entered it is a part of that, which ends with it.

        Raises:
            OutputError: If the folder cannot be written to.
            CheckpointError: If what is in it is of another run.
        """
        merged = {**key, **self.key}
        if not self._depth:
            with Checkpoint(self.path, every=self.every, key=merged, verbose=self.verbose) as run:
                yield run
            return
        outer, self.key = self.key, merged
        try:
            self._check_begun()
            with self:
                yield self
        finally:
            self.key = outer

    @property
    def exists(self) -> bool:
        """Whether there is something to go on from; of several processes the first knows."""
        return is_first() and bool(Folder(self.path).any())

    @property
    def closed(self) -> bool:
        """Whether what begins now is not kept, since Ctrl-C has ended what came before it."""
        return self.stopped and self._depth > 0

    def keep(self) -> None:
        """Writes what is not written yet, and leaves all of it in place when the run ends."""
        self._kept = True
        with self.signals.held():
            self.journal.flush()

    def once(self, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Plain data that are made once in a run; what goes on from there reads them.

        Where it stands among the trainings of the run, it must stand each time. What was stopped
        before they were made makes them anew; what is made once within that is read.

        Args:
            make: Gives numbers, text, tensors, and lists and dictionaries of these.
        """
        if self.closed:
            return make()
        number = self.journal.next()
        found = self.journal.finished(number)
        if found is None:
            found = self._made(make, number)
        else:
            self.check_same(found)
            self.journal.skip(found["within"])
        made: dict[str, Any] = found["made"]
        return made

    def _made(self, make: Callable[[], dict[str, Any]], number: int) -> dict[str, Any]:
        before = self._kept, self.stopped
        found = {"made": make(), "within": self.journal.count - number - 1}
        # Where Ctrl-C ended the making early and something was made all the same, the run goes on.
        self._kept, self.stopped = before
        if self._depth:
            self.signals.catch()
        with self.signals.held():
            self.journal.end(number, found)
        self.signals.pass_on()
        return found

    def parts(self, names: Sequence[str]) -> list[Part | None]:
        """Places of the run for what other processes learn, each of which keeps its own.

        Where they stand among the trainings of the run, they must stand each time. What is finished
        in a part stays there, to be read, until the whole run has come to its end. See
        :func:`~recurra.training.checkpoints.run.opened`.

        Args:
            names: What each is, each time the same: what was kept under another is refused.

        Returns:
            They; None for what cannot be kept.
        """
        if self.closed:
            return [None] * len(names)
        # What they keep is worth nothing after a kill without all that came before them.
        with self.signals.held():
            self.journal.flush()
        self.signals.pass_on()
        folders = [self.journal.folder.part(self.journal.next()) for _ in names]
        if self.journal.waits:
            return [None] * len(names)
        begun = sum(bool(folder.any()) for folder in folders)
        if begun:
            self.say(f"Resumed: {begun} of {len(names)} parts for other processes had begun.")
        return self._made_for(folders, names)

    def _made_for(self, folders: Sequence[Folder], names: Sequence[str]) -> list[Part | None]:
        parts = [self._part(folder, name) for folder, name in zip(folders, names, strict=True)]
        if None in parts:
            announce(
                f"No folder can be made in {self.path} for {parts.count(None)} of {len(parts)} "
                "parts of the run; they are learned, and a kill would cost all that they did."
            )
        return parts

    def _part(self, folder: Folder, name: str) -> Part | None:
        """Its folder is there before the process that needs it; a full disk costs no training."""
        try:
            folder.check()
        except OutputError:
            return None
        # The process may have been started in another folder than this one is in now.
        return Part(folder.path.absolute(), self.every, {**self.key, "part": name})

    def clear(self) -> None:
        """Removes all checkpoints: the next run begins anew."""
        self.journal.clear()

    def say(self, message: str) -> None:
        """Tells who waits, if that is wished."""
        if self.verbose:
            announce(message)

    def __enter__(self) -> Self:
        """Begins the run.

        Raises:
            OutputError: If the folder cannot be written to.
            CheckpointError: If what is in it is of another run.
        """
        if self._depth == 0:
            if is_first():
                self.journal.folder.check()
            self.journal.begin()
            self._check_begun()
            self._kept = self.stopped = False
            self.signals.catch()
        self._depth += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._depth -= 1
        if self._depth:
            return
        try:
            if kind is None and not self._kept:
                self.clear()
            else:
                self.keep()
                if is_first() and self._leaves:
                    self.journal.folder.leave()
            self.signals.pass_on()
        finally:
            self.signals.release()

    def check_same(self, content: Mapping[str, Any]) -> None:
        """Raises a CheckpointError if a file's content is of another run."""
        found, own = content["described"], self._described()
        for part in ("program", "key"):
            check_alike(str(self.path), found[part], own[part])

    def _stop(self) -> None:
        self.stopped = True
        self.keep()

    def _described(self) -> dict[str, Any]:
        return {
            "program": {
                "format": file.FORMAT,
                "version": version("recurra"),
                "torch": str(torch.__version__),
            },
            "key": self.key,
            "machine": {
                "threads": torch.get_num_threads(),
                "instructions": torch.backends.cpu.get_cpu_capability(),
            },
        }

    def _check_begun(self) -> None:
        """Looks at the first that would be read; a fit may still name more than is known here."""
        found, own = self.journal.described(), self._described()
        if found is None:
            return
        known = {name: found["key"].get(name) for name in own["key"]}
        check_alike(str(self.path), found["program"], own["program"])
        check_alike(str(self.path), known, own["key"])
        if self._depth:
            return
        machine = found.get("machine", own["machine"])
        for name, one in own["machine"].items():
            if machine[name] != one:
                announce(
                    f"The run in {self.path} was begun with {machine[name]} {name}, and "
                    f"goes on with {one}: the last digits may differ."
                )


def check_alike(where: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raises a CheckpointError that names the first thing in which two runs differ."""
    for name in dict.fromkeys([*found, *wanted]):
        theirs, ours = found.get(name), wanted.get(name)
        if theirs != ours:
            raise CheckpointError(
                f"The checkpoint in {where} is of another run: its {name} is {_short(theirs)}.",
                f"{name} {_short(ours)}",
                "give what that run was begun with, or remove the folder to begin anew",
            )


def _short(value: Any) -> str:
    told = repr(value)
    return told if len(told) <= 100 else f"{told[:97]}..."
