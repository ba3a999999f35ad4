"""Trainings in processes of their own that are killed without warning, and what is left of them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import checkpoint_program

from recurra.training import Callback, Checkpoint, Trainer
from recurra.training.checkpoints import file

PROCESSES = multiprocessing.get_context("forkserver")
"""Each is forked from one that has read the libraries and done nothing else."""
# Python 3.11 looks for these in what is installed alone, whatever sys.path is.
PROCESSES.set_forkserver_preload(
    [name for name in sys.modules if name.startswith(("torch", "numpy", "recurra."))]
)

OFTEN = 1e-9
"""Seconds between two checkpoints: one at every step, so that most time goes into writing."""

WHOLE = re.compile(r"training-\d{3}\.(finished|state-\d+)\.safetensors")
ASIDE = re.compile(r"\.training-\d{3}\.(finished|state-\d+)\.safetensors\.\d+\.part")

CHANGES = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}
"""What Python's audit tells of, before it is done, of all that changes a folder."""


class Says(Callback):
    """Tells when the first step was made, from the beginning or from where it went on."""

    def __init__(self, to: Connection) -> None:
        self.to, self.told = to, False

    def on_train_batch_end(self, trainer: Trainer, step: int) -> None:
        if not self.told:
            self.told = True
            self.to.send("at work")


def trains(program: str, folder: str, options: dict[str, Any], to: Connection) -> None:
    """What a process does: a training with a checkpoint at every step, which it goes on from."""
    kept = Checkpoint(folder, every=OFTEN, verbose=0)
    to.send(getattr(checkpoint_program, program)(kept, Says(to), **options))


def trains_until(
    program: str, folder: str, options: dict[str, Any], to: Connection, last: int
) -> None:
    """The same, but it is killed just before it changes the folder for the ``last``-th time."""
    counted = 0

    def counts(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal counted
        if event in CHANGES and str(arguments[0]).startswith(folder) and _writes(event, arguments):
            counted += 1
            if counted == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(counts)
    trains(program, folder, options, to)
    to.send(counted)


def _writes(event: str, arguments: tuple[Any, ...]) -> bool:
    return event != "open" or "w" in str(arguments[1])


@contextlib.contextmanager
def process(target: Callable[..., None], *arguments: object) -> Iterator[tuple[Any, Connection]]:
    """A process at work, and what it says; killed, if it still is, at the end."""
    here, there = PROCESSES.Pipe(duplex=False)
    program, folder, options, *more = arguments
    one = PROCESSES.Process(target=target, args=(program, str(folder), options, there, *more))
    one.start()
    there.close()
    try:
        yield one, here
    finally:
        one.kill()
        one.join()
        here.close()


def said(here: Connection) -> list[Any]:
    """All that it says until its end."""
    heard: list[Any] = []
    with contextlib.suppress(EOFError):
        while True:
            heard.append(here.recv())
    return heard


def killed_after(seconds: float, program: str, folder: Path, options: dict[str, Any]) -> str | None:
    """Trains, on from what is in the folder, and kills it so long after its first step.

    Returns:
        How it ended, if it came to its end before.
    """
    with process(trains, program, folder, options) as (one, here):
        first = here.recv()
        if first == "at work" and not here.poll(seconds):
            one.kill()
        one.join()
        ended = [first, *said(here)][-1]
    return None if ended == "at work" else str(ended)


def killed_while(
    seen: Callable[[list[str]], bool], program: str, folder: Path, options: dict[str, Any]
) -> bool:
    """The same, but kills it as soon as the names in the folder are so; whether they ever were."""
    with process(trains, program, folder, options) as (one, here):
        if here.recv() != "at work":
            return False
        while not here.poll():
            if folder.is_dir() and seen([path.name for path in folder.iterdir()]):
                one.kill()
                return True
    return False


def newest(folder: Path) -> int:
    """The number of the last state that was written, -1 if there is none."""
    names = [path.name for path in folder.glob("training-000.state-*")]
    return max((int(name.split("-")[2].split(".")[0]) for name in names), default=-1)


def check_left(folder: Path) -> list[str]:
    """That every file in a folder is a whole checkpoint or was only being written; the latter."""
    asides = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if ASIDE.fullmatch(path.name):
            asides.append(path.name)
        else:
            assert WHOLE.fullmatch(path.name), path.name
            file.read(path)
    return asides
