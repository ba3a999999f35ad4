"""The processes that a process has started, as Linux tells them."""

from __future__ import annotations

import contextlib
from pathlib import Path


def children(process: int) -> list[int]:
    """By whichever of its threads."""
    found: list[int] = []
    for told in Path(f"/proc/{process}/task").glob("*/children"):
        # A thread may have ended since.
        with contextlib.suppress(OSError):
            found += map(int, told.read_text().split())
    return found


def alive(process: int) -> bool:
    """Whether it has not ended; who started it need not have taken note."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False
