"""A part of a run, to be kept by the process that learns it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Part:
    """Where a part is kept; plain data, which travels to the process.

    Attributes:
        path: Its folder, within that of the run; absolute.
        every: Seconds from one state to the next.
        key: What the run is of, and under ``"part"`` which part it is.
    """

    path: Path
    every: float
    key: Mapping[str, Any]
