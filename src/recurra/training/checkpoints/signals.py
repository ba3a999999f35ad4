"""Signals that stop a process, held back until what was done is safe."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

STOPPING = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
)
"""Ctrl-C, the end of a job or a machine, a terminal that is closed; the last on Windows alone."""


class StopSignals:
    """Holds back signals that stop while a training is at work, and lets them go afterwards.

    A signal that comes while ``busy`` waits until :meth:`pass_on`; the same once more does not
    wait. One that comes otherwise first has everything saved. Either then takes the course that it
    would have taken anyway: Ctrl-C raises KeyboardInterrupt, SIGTERM and SIGHUP end the process.

    Outside the main thread, where Python has no signals, and for signals that are ignored, nothing
    is changed.

    Args:
        save: Writes down what is not yet.

    Attributes:
        busy: Whether a signal has to wait.
        waiting: The number of the one that does, or None.
    """

    def __init__(self, save: Callable[[], None]) -> None:
        self.busy = False
        self.waiting: int | None = None
        self._save = save
        self._former: dict[int, Any] = {}

    def catch(self) -> None:
        """Begins, or begins again."""
        if threading.current_thread() is not threading.main_thread():
            return
        if self._former:
            return
        for number in STOPPING:
            former = signal.getsignal(number)
            if former not in {signal.SIG_IGN, None}:
                self._former[number] = former
                signal.signal(number, self._caught)

    def release(self) -> None:
        """Ends; nothing is held back any more."""
        while self._former:
            signal.signal(*self._former.popitem())

    @contextmanager
    def held(self) -> Iterator[None]:
        """Makes a signal wait inside the block: two writings at once would be in each other's way.

        It still waits behind the block; :meth:`pass_on` lets it go.
        """
        before, self.busy = self.busy, True
        try:
            yield
        finally:
            self.busy = before

    def pass_on(self) -> None:
        """Lets a signal that waits take its course, if there is one."""
        waiting, self.waiting = self.waiting, None
        if waiting is not None:
            self.release()
            signal.raise_signal(waiting)

    def _caught(self, number: int, frame: FrameType | None) -> None:
        impatient = self.waiting == number
        # What ends many processes may say so in two ways, the first of which is to be followed.
        self.waiting = self.waiting or number
        if self.busy and not impatient:
            return
        if not impatient:
            self._save()
        self.pass_on()
