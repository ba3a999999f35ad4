"""The options of a command whose independent fits other processes or machines can make."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Annotated, ParamSpec, TypeVar

import typer

from recurra.cli.counting_bar import counting_bar
from recurra.errors import OptionError

P = ParamSpec("P")
T = TypeVar("T")

Workers = Annotated[
    int | None,
    typer.Option(min=1, help="Processes of this machine for independent fits.", metavar="N"),
]
Ray = Annotated[
    str | None,
    typer.Option(
        help="A Ray cluster for independent fits: HOST:PORT, auto for that of this machine, or "
        "local to start one here.",
        metavar="ADDRESS",
    ),
]


@contextmanager
def fits_elsewhere(
    workers: int | None, ray: str | None, *, show: bool
) -> Iterator[Executor | None]:
    """Who makes the fits; None if this process is to.

    Args:
        workers: As ``--workers`` says.
        ray: As ``--ray`` says.
        show: Whether to show on standard error how many are made.

    Raises:
        OptionError: If both are given, or Ray is not installed.
        WorkerError: If the cluster cannot be reached.
    """
    if workers is None and ray is None:
        yield None
        return
    from recurra import executors

    with executors.opened(workers=workers, ray=ray) as executor, _bar(show=show) as counted:
        yield _Counted(executor, counted)


def refuse_beside(workers: int | None, ray: str | None, **others: bool) -> None:
    """Refuses options that need all fits in this process.

    Args:
        workers: As ``--workers`` says.
        ray: As ``--ray`` says.
        others: Whether each was given, by its name.

    Raises:
        OptionError: If one was.
    """
    option = "--workers" if ray is None else "--ray"
    for name, given in others.items():
        if given and not (workers is None and ray is None):
            raise OptionError(f"both {option} and --{name}", "one of the two")


class _Counted(Executor):
    """An executor whose pieces are counted as they are asked for and done."""

    def __init__(self, executor: Executor, counted: Callable[[int, int], None]) -> None:
        self._executor, self._counted = executor, counted
        self._asked = self._done = 0
        self._lock = threading.Lock()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hands a piece on."""
        future = self._executor.submit(fn, *args, **kwargs)
        self._count(asked=1)
        future.add_done_callback(lambda one: self._count(done=0 if one.cancelled() else 1))
        return future

    def _count(self, *, asked: int = 0, done: int = 0) -> None:
        with self._lock:
            self._asked, self._done = self._asked + asked, self._done + done
            self._counted(self._done, self._asked)


@contextmanager
def _bar(*, show: bool) -> Iterator[Callable[[int, int], None]]:
    if not show:
        yield lambda done, asked: None
        return
    with counting_bar("fits elsewhere") as bar:
        yield lambda done, asked: bar.count(f"fit {done} of {asked}", done, asked)
