"""Where work is done, chosen."""

from __future__ import annotations

from concurrent.futures import Executor

from recurra.errors import OptionError
from recurra.executors.local import LocalExecutor
from recurra.executors.on_ray import RayExecutor


def opened(
    *, workers: int | None = None, ray: str | None = None, retries: int = 2, threads: int = 1
) -> Executor:
    """An executor, to be used in a ``with`` block: leaving it by an error ends the work at once.

    Args:
        workers: Processes of this machine, at least 1; without ``ray`` alone, and 1 if not given.
        ray: The Ray cluster to use: ``"local"`` starts one on this machine for the time, ``"auto"``
            joins the one that this machine is part of, ``"HOST:PORT"`` one elsewhere.
        retries: How often a piece is done again whose process died.
        threads: torch's threads in each process. With 1 the figures do not depend on the machine.

    Raises:
        OptionError: If both are given, one is out of range, or Ray is not installed.
        WorkerError: If the cluster cannot be reached.
    """
    if ray is None:
        return LocalExecutor(1 if workers is None else workers, retries=retries, threads=threads)
    if workers is not None:
        raise OptionError(
            f"both workers={workers} and ray={ray!r}",
            "one of them",
            "leave workers out: Ray uses as many processors as its cluster has",
        )
    return RayExecutor(ray, retries=retries, threads=threads)
