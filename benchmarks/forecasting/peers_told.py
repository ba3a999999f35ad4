"""What a process of the comparison measures of itself, and tells as one line of JSON."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Spent:
    """Seconds by the clock on the wall, and of all threads of this process on a processor."""

    wall: float = 0.0
    cpu: float = 0.0

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.wall - other.wall, self.cpu - other.cpu)

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Adds what is done inside."""
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.wall += time.perf_counter() - wall
            self.cpu += time.process_time() - cpu

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, counted."""

        def counted(*given: Any, **named: Any) -> Any:
            with self.counting():
                return call(*given, **named)

        return counted


@dataclass
class Told:
    """What one process took.

    Attributes:
        versions: Of what it ran on.
        threads: How many torch used.
        begin: Of the start of Python and of all imports.
        imported: The most memory in use until then, MiB.
        fit: Of the call that learns, whole, inside the backtest.
        train: Of the optimizer's steps in it, and what is done between them.
        steps: How many those were.
        backtest: Of the rolling forecasts, without the fit.
        predict: Of each call of predict.
        peak: The most memory in use until the end, MiB.
    """

    versions: str
    threads: int
    begin: Spent
    imported: float
    fit: Spent = field(default_factory=Spent)
    train: Spent = field(default_factory=Spent)
    steps: int = 0
    backtest: Spent = field(default_factory=Spent)
    predict: list[Spent] = field(default_factory=list)
    peak: float = 0.0

    def end(self) -> None:
        """Prints it."""
        self.peak = peak()
        print(json.dumps(asdict(self)), flush=True)


def begun(versions: str, threads: int) -> Told:
    """After all imports; tells torch how many threads to use, 0 for its own default."""
    import torch  # noqa: PLC0415 - what a process imports, it says itself

    spent, used = Spent(_age(), time.process_time()), peak()
    if threads:
        torch.set_num_threads(threads)
    python = f"PyTorch {torch.__version__}, Python {platform.python_version()}"
    return Told(f"{versions}, {python}", torch.get_num_threads(), spent, used)


def peak() -> float:
    """The most memory that this process has had in use, MiB."""
    # What getrusage tells of a child counts from its parent's peak.
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _age() -> float:
    """Seconds since this process began."""
    fields = Path("/proc/self/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    ticks = int(fields[19])  # starttime, of the fields behind the name
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / 100
