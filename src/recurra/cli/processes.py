"""One training by several processes: those of ``--processes N``, or of ``torchrun``."""

from __future__ import annotations

import inspect
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import IO, Annotated, Any

import typer

from recurra.cli.reporting import reported
from recurra.errors import OptionError, WorkerError

Processes = Annotated[
    int,
    typer.Option(min=1, help="Processes of this machine that share the training.", metavar="N"),
]

RANK, COUNT = "RANK", "WORLD_SIZE"
"""Where torchrun says which process this is, of how many."""

STORE = "RECURRA_STORE"
"""Where a process of ``--processes`` finds the first."""

HERE = "127.0.0.1"


def with_processes(command: Callable[..., None]) -> Callable[..., None]:
    """A command with the option ``--processes``.

    Each process does all that the command does up to the writing of its results, each training
    shared; the first alone prints, and goes on from there.

    Args:
        command: Which trains; it may be :func:`reported`.
    """
    work = inspect.unwrap(command)

    @reported
    @wraps(work)
    def run(*, processes: int = 1, **given: Any) -> None:
        if processes > 1 or int(os.environ.get(COUNT, "1")) > 1:
            _check_shareable(given)
        with shared(processes):
            work(**given)

    # Typer takes a signature that it is given as it is, names of types unread.
    signature = inspect.signature(work, eval_str=True)
    last = inspect.Parameter(
        "processes", inspect.Parameter.KEYWORD_ONLY, default=1, annotation=Processes
    )
    parameters = [*signature.parameters.values(), last]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {**work.__annotations__, "processes": Processes}
    return run


def _check_shareable(given: Mapping[str, Any]) -> None:
    """Refuses what processes would not do alike.

    Raises:
        OptionError: If it is asked for.
    """
    for name in ("auto", "workers", "ray"):
        if given.get(name) is not None:
            raise OptionError(
                f"--{name} with several processes that share each training",
                "one of the two",
                "one process, for a search or for many independent fits",
            )


def is_first() -> bool:
    """Whether this process writes and prints."""
    return os.environ.get(RANK, "0") == "0" or int(os.environ.get(COUNT, "1")) == 1


def leave_to_first() -> None:
    """Ends a process that is not the first: what comes now is to be written once."""
    if not is_first():
        raise typer.Exit


@contextmanager
def shared(count: int) -> Iterator[None]:
    """This process with others, which share the trainings inside the block.

    Args:
        count: How many; 1 for those that torchrun has started, if it has.

    Raises:
        OptionError: If the command cannot be given to several.
        WorkerError: If one of them ends before this one.
    """
    if STORE in os.environ or int(os.environ.get(COUNT, "1")) > 1:
        _join()
        yield
    elif count == 1:
        yield
    else:
        with _helped(count):
            yield


def _join() -> None:
    """Joins those that another has started, and is silent unless it is the first."""
    _prepare()
    if not is_first() and STORE not in os.environ:
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - until the end
    import torch
    import torch.distributed as dist

    if STORE not in os.environ:
        if torch.cuda.is_available():
            torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
        dist.init_process_group(_backend())
        return
    threading.Thread(target=_end_with_first, daemon=True).start()
    rank, count = int(os.environ[RANK]), int(os.environ[COUNT])
    store = _store_class()(HERE, int(os.environ[STORE]), count, is_master=False)
    store.set(str(rank), "here")
    dist.init_process_group(_backend(), store=store, rank=rank, world_size=count)


def _store_class() -> Any:
    import torch.distributed as dist

    # Public in torch's documentation, but not in what type checkers are told.
    return dist.TCPStore  # type: ignore[attr-defined]


def _end_with_first() -> None:
    # The first holds the other end, and lets go of it only by its own.
    sys.stdin.buffer.read()
    os._exit(1)


def _backend() -> str:
    import torch

    return "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"


def _prepare() -> None:
    # That some parameters may have no part in a batch is meant, of which torch would warn.
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")


@dataclass(frozen=True)
class _Helper:
    process: subprocess.Popen[bytes]
    said: IO[bytes]

    def end(self) -> None:
        """Ends it, if it has not ended."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.kill()
        self.process.wait()
        self.said.close()

    @property
    def words(self) -> str:
        """How it ended, and what it said."""
        code = self.process.poll()
        self.said.seek(0)
        lines = [line for line in self.said.read().decode(errors="replace").splitlines() if line]
        errors = [line for line in lines if line.startswith("Error: ")] or lines[-1:]
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return f"{how}{': ' + errors[0].removeprefix('Error: ') if errors else ''}"


@contextmanager
def _helped(count: int) -> Iterator[None]:
    """Starts the others and joins them as the first."""
    if "-" in sys.argv[1:]:
        raise OptionError(
            f"--processes {count} with data from standard input",
            "a file, which each process reads",
            "write the data to a file",
        )
    _prepare()
    threads = _threads(count)
    import torch
    import torch.distributed as dist

    torch.set_num_threads(threads)
    listening = socket.create_server((HERE, 0))
    port = listening.getsockname()[1]
    store = _store_class()(
        HERE, port, count, True, wait_for_workers=False, master_listen_fd=listening.detach()
    )
    with ExitStack() as stack:
        helpers = [_started(rank, count, port, threads) for rank in range(1, count)]
        for helper in helpers:
            stack.callback(helper.end)
        _await(helpers, store)
        with _interface():
            dist.init_process_group(_backend(), store=store, rank=0, world_size=count)
        try:
            yield
        except WorkerError as error:
            _settle(helpers)
            raise _told(helpers) or error from error
        finally:
            dist.destroy_process_group()


def _started(rank: int, count: int, port: int, threads: int) -> _Helper:
    """Another process with the same command."""
    said = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process is there
    own = {RANK: rank, COUNT: count, STORE: port, "OMP_NUM_THREADS": threads}
    process = subprocess.Popen(
        [sys.executable, "-m", "recurra", *sys.argv[1:]],
        env={**os.environ, **{name: str(value) for name, value in own.items()}, **_loop()},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=said,
        # Ctrl-C reaches the first alone, which agrees with the others where to stop.
        start_new_session=True,
    )
    return _Helper(process, said)


def _await(helpers: list[_Helper], store: Any) -> None:
    while not store.check([str(rank + 1) for rank in range(len(helpers))]):
        if (error := _told(helpers)) is not None:
            raise error
        time.sleep(0.02)


def _told(helpers: list[_Helper]) -> WorkerError | None:
    """What became of the helper that ended, if one did."""
    for rank, helper in enumerate(helpers, 2):
        if helper.process.poll() is not None:
            return WorkerError(
                f"process {rank} of {len(helpers) + 1} ended ({helper.words})",
                "all processes to live until the training ends",
                "fewer processes, if memory ran out; the same command goes on with --resume",
            )
    return None


def _settle(helpers: list[_Helper]) -> None:
    """A process whose connections are gone takes a moment to be gone itself."""
    for _ in range(50):
        if any(helper.process.poll() is not None for helper in helpers):
            return
        time.sleep(0.01)


def _threads(count: int) -> int:
    chosen = os.environ.get("OMP_NUM_THREADS")
    if chosen is not None and chosen.isdecimal():
        return int(chosen)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, (cores or 1) // count)


def _loop() -> dict[str, str]:
    """The interface on which processes of one machine speak: no other machine can."""
    if "GLOO_SOCKET_IFNAME" in os.environ or sys.platform not in {"linux", "darwin"}:
        return {}
    return {"GLOO_SOCKET_IFNAME": "lo" if sys.platform == "linux" else "lo0"}


@contextmanager
def _interface() -> Iterator[None]:
    own = _loop()
    os.environ.update(own)
    try:
        yield
    finally:
        for name in own:
            del os.environ[name]
