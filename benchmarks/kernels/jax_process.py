"""The side of ``jax_peer.py`` that asks."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from comparison import check
from settings import JAX
from shapes import Shape
from subject import Subject
from timing import Step

PEER = Path(__file__).with_name("jax_peer.py")
QUIET = 0.003
"""Seconds before JAX is asked, in which the threads of torch that wait for work fall asleep."""


class JaxProcess:
    """JAX, waiting to be asked."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder

    def take(self, name: str, shape: Shape, subject: Subject) -> None:
        """Gives it a layer of torch's; the program ends where the two do not compute the same."""
        given, found = self._folder / "given.npz", self._folder / "found.npz"
        np.savez(given, **_arrays(subject))
        self._ask(f"load {name} {given}")
        self._ask(f"check {found}")
        wanted = {"the output": subject.train(), **subject.gradients()}
        answered = {key: torch.from_numpy(value) for key, value in np.load(found).items()}
        check(f"{name} {shape}, JAX beside torch.nn", answered, wanted)

    def step(self, mode: str) -> Step:
        """A step in that process, by its own clock."""

        def run(number: int) -> list[float]:
            time.sleep(QUIET)
            spent: list[float] = self._ask(f"run {mode} {number}")["ms"]
            return spent

        return run

    def cores_used(self, mode: str) -> float:
        """On how many cores a step ran on average."""
        told = self._ask(f"run {mode} 5")
        busy: float = told["busy"]
        return busy / sum(told["ms"])

    def _ask(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit(f"JAX ended when asked to {line.split(maxsplit=1)[0]}")
        told: dict[str, Any] = json.loads(answer)
        return told


@contextmanager
def jax_process(threads: int) -> Iterator[JaxProcess | None]:
    """JAX with so many threads; None, said, where its environment is not set up."""
    if not JAX.exists():
        print("JAX is left out: `make bench-peers` sets it up", flush=True)
        yield None
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [JAX, PEER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **_threads(threads)},
        ) as process,
    ):
        yield JaxProcess(process, Path(folder))
        assert process.stdin is not None
        process.stdin.close()


def _threads(count: int) -> dict[str, str]:
    """What JAX reads of the size of its pool of threads."""
    found = {"NPROC": str(count), "JAX_PLATFORMS": "cpu"}
    return found | ({"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"} if count == 1 else {})


def _arrays(subject: Subject) -> dict[str, Any]:
    every = {**subject.leaves, "cotangent": subject.cotangent}
    return {name: tensor.detach().numpy() for name, tensor in every.items()}
