"""Where the real data lie."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[3].parent / "shared" / "data"


@pytest.fixture
def real() -> Callable[[str], Path]:
    """A file of the folder of data, or the test is skipped."""

    def find(name: str) -> Path:
        path = Path(os.environ.get("RECURRA_DATA", BESIDE)) / name
        if not path.exists():
            pytest.skip(f"{path} is absent: name the folder of data with RECURRA_DATA")
        return path

    return find
