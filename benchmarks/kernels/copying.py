"""The bytes that torch copies in a second, measured."""

from __future__ import annotations

import time
from functools import cache

import torch

BYTES = 256 * 2**20
"""Much larger than a cache."""

REPEATS = 7


@cache
def copying(threads: int) -> float:
    """Bytes copied in a second by so many threads: each read once and written once.

    The best of several copies of one tensor onto another.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    source, target = (torch.ones(BYTES // 4) for _ in range(2))
    try:
        return BYTES / min(_seconds(source, target) for _ in range(REPEATS))
    finally:
        torch.set_num_threads(before)


def _seconds(source: torch.Tensor, target: torch.Tensor) -> float:
    start = time.perf_counter()
    target.copy_(source)
    return time.perf_counter() - start
