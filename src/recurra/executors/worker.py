"""A process that does one piece of work after the other, and its handle in the process above."""

from __future__ import annotations

import contextlib
import multiprocessing as mp
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any

Piece = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]

_FRESH = mp.get_context("spawn")
"""A forked process would inherit locks that threads of this one hold, torch's among them."""


class DiedError(Exception):
    """The process ended before it answered.

    Args:
        began: Whether it had begun to take work.
        code: Its exit code: below 0, the signal that ended it.

    Attributes:
        by_itself: Whether it ended before it took work without being killed, as any other would.
    """

    def __init__(self, code: int | None, *, began: bool) -> None:
        super().__init__(code)
        self.code = code
        self.began = began
        self.by_itself = not began and (code is None or code >= 0)


class Worker:
    """A process of its own.

    Args:
        threads: Those of torch in it.
    """

    def __init__(self, threads: int) -> None:
        self._own, theirs = _FRESH.Pipe()
        self._process = _FRESH.Process(target=_serve, args=(theirs, threads), name="recurra-worker")
        with _ctrl_c_blocked():
            self._process.start()
        # Otherwise the end of the process would not be the end of the pipe.
        theirs.close()
        self._began = False

    def do(self, piece: bytes) -> Any:
        """Does a piece, pickled, and gives what came of it.

        Raises:
            DiedError: If the process ends before.
            BaseException: What the piece raised.
        """
        try:
            if not self._began:
                self._answer()
                self._began = True
            self._own.send_bytes(piece)
            answer = self._answer()
        except (EOFError, OSError):
            self._process.join()
            raise DiedError(self._process.exitcode, began=self._began) from None
        # It may raise anything, which then is not the end of the process.
        failed, result = pickle.loads(answer)
        if failed:
            raise result
        return result

    def _answer(self) -> bytes:
        wait([self._own, self._process.sentinel])
        # What it said last lies in the pipe also when it has ended since.
        if not self._own.poll():
            raise EOFError
        return self._own.recv_bytes()

    def kill(self) -> None:
        """Has it end at once, whatever it does, so that who waits for it knows."""
        self._process.kill()

    def end(self) -> None:
        """Ends it at once, and lets go of it."""
        self._process.kill()
        self._process.join()
        with contextlib.suppress(OSError):
            self._own.close()


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """Has processes that are started inside take no Ctrl-C until they say so themselves."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Its own start, which the first process would bring about, lets the signal through again.
    resource_tracker.ensure_running()
    former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


def keep_to(threads: int) -> None:
    """Sets how many threads numpy and torch use in this process, whether loaded or not."""
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(threads)
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(threads)


def _serve(pipe: Connection, threads: int) -> None:
    """What the process does: pieces, until there is no one to do them for."""
    # Ctrl-C is for the process above, which ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()
    keep_to(threads)
    with contextlib.suppress(EOFError, OSError):
        pipe.send_bytes(b"begun")
        while True:
            pipe.send_bytes(_done(pipe.recv_bytes()))


def _done(piece: bytes) -> bytes:
    try:
        function, args, kwargs = pickle.loads(piece)
        return pickle.dumps((False, function(*args, **kwargs)))
    except BaseException as error:
        return _failure(error)


def _failure(error: BaseException) -> bytes:
    """An error as it travels: with the lines where it arose, which a pickle would lose."""
    told = "".join(traceback.format_exception(error))
    error.add_note(f"In the worker process:\n{told}")
    try:
        packed = pickle.dumps((True, error))
        pickle.loads(packed)
    except Exception:
        return pickle.dumps((True, RuntimeError(told)))
    return packed


def _end_with_parent() -> None:
    parent = mp.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
