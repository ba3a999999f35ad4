"""One process of the comparison with peers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from peers_case import Case

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = HERE.parents[1] / ".bench"


@dataclass(frozen=True)
class Peer:
    """A program to be timed.

    Attributes:
        name: What the page calls it.
        script: In this folder.
        environment: The one of ``make bench-peers`` whose Python runs it; "" for our own.
        cache: The state of what it keeps of compiled code; "" if it keeps none.
    """

    name: str
    script: str
    environment: str = ""
    cache: Literal["", "empty", "filled"] = ""

    @property
    def python(self) -> str:
        """The interpreter that runs it."""
        own = ENVIRONMENTS / self.environment / "bin" / "python"
        return str(own) if self.environment else sys.executable

    @property
    def absent(self) -> bool:
        """Whether its environment is not there."""
        return not Path(self.python).exists()


RECURRA = Peer("Recurra", "peers_recurra.py", cache="filled")
FIRST = Peer("Recurra, empty cache", "peers_recurra.py", cache="empty")
PEERS = (
    RECURRA,
    Peer("NeuralForecast", "peers_neuralforecast.py", "neuralforecast"),
    Peer("Darts", "peers_darts.py", "darts"),
)


@dataclass(frozen=True)
class Job:
    """What a process is given beside its program; ``threads`` 0 for the default of each."""

    case: Case
    cell: str
    threads: int
    steps: int


def run(peer: Peer, job: Job, folder: Path) -> dict[str, Any]:
    """What the process told.

    Args:
        peer: The program.
        job: What it does.
        folder: Where ``data`` of the case lie, ``forecasts`` are left, and filled caches are.

    Raises:
        SystemExit: If it failed.
    """
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    if job.threads:
        environment["OMP_NUM_THREADS"] = str(job.threads)
    with tempfile.TemporaryDirectory() as empty:
        environment["RECURRA_CACHE"] = empty if peer.cache == "empty" else str(folder / "cache")
        done = subprocess.run(
            _command(peer, job, folder),
            check=False,
            capture_output=True,
            text=True,
            env=environment,
        )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise SystemExit(f"{peer.name} failed:\n{done.stderr}")
    told: dict[str, Any] = json.loads(lines[-1])
    return told


def forecasts(peer: Peer, job: Job, folder: Path) -> Path:
    """Where a process leaves them."""
    return folder / f"{peer.script}-{job.case.name}-{job.cell}.npy"


def data(case: Case, folder: Path) -> Path:
    """Where its series lie."""
    return folder / f"{case.name}.npz"


def _command(peer: Peer, job: Job, folder: Path) -> list[str]:
    given = {
        "--case": job.case.name,
        "--cell": job.cell,
        "--data": data(job.case, folder),
        "--forecasts": forecasts(peer, job, folder),
        "--threads": job.threads,
        "--steps": job.steps,
    }
    return [peer.python, str(HERE / peer.script), *(str(x) for pair in given.items() for x in pair)]
