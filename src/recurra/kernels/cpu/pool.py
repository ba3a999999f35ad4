"""Memory that is used again, so that the system need not hand it out anew at each step.

A page that a process meets for the first time costs more than reading it twice. What large tensors
leave behind is therefore kept for the next of the same size, as far as :data:`LARGEST` goes.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from threading import Lock, local
from typing import Any

import numpy as np
import torch
from torch import Tensor

LARGEST = 256 * 1024 * 1024
"""The bytes that are kept at most."""

_LENT = 16 * 1024 * 1024
"""The bytes that each thread keeps at most for what lasts no longer than a call."""

_LEAST = 256 * 1024
"""Smaller tensors are left to torch."""

_ALIGNED = 64

_lock = Lock()
_own = local()
_kept: OrderedDict[int, list[Any]] = OrderedDict()
"""Memory that nobody uses, by its size, what was given back last at the end."""


def memory(size: int) -> Tensor:
    """So many bytes, of which nothing is known."""
    if size < _LEAST or size > LARGEST:
        return torch.empty(size, dtype=torch.uint8, device="cpu")
    whole = _taken(size)
    if whole is None:
        whole = np.empty(size + _ALIGNED, np.uint8)
    start = -whole.ctypes.data % _ALIGNED
    part = whole[start : start + size]
    # When the tensor goes, so does this view of the memory.
    weakref.finalize(part, _give_back, size, whole).atexit = False
    return torch.from_numpy(part)


def lent(size: int) -> Tensor:
    """At least so many bytes, of which nothing is known, until the same thread asks again."""
    if size > _LENT:
        return memory(size)
    found: Tensor | None = getattr(_own, "found", None)
    if found is None or len(found) < size:
        found = _own.found = memory(size)
    return found


def _taken(size: int) -> Any | None:
    with _lock:
        there = _kept.get(size)
        if not there:
            return None
        found = there.pop()
        if not there:
            del _kept[size]
        return found


def _give_back(size: int, whole: Any) -> None:
    # Called wherever a tensor dies, in the midst of this very module too: then it is let go.
    if not _lock.acquire(blocking=False):
        return
    try:
        _kept.setdefault(size, []).append(whole)
        _kept.move_to_end(size)
        total = sum(size * len(there) for size, there in _kept.items())
        while total > LARGEST:
            oldest, there = next(iter(_kept.items()))
            there.pop()
            total -= oldest
            if not there:
                del _kept[oldest]
    finally:
        _lock.release()
