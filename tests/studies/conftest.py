"""A task of a few sequences under a name of its own, and a file for ``jsb``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from made_studies import material, write_chorales

from recurra.studies import Material, Task, tasks


@pytest.fixture
def task(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Material]:
    """Makes the task ``tiny`` known, in this process."""

    def make(answer="class", **how) -> Material:
        made = material(answer, **how)
        monkeypatch.setitem(tasks.known(), "tiny", Task("Tiny: made up", made.shown, lambda: made))
        tasks.material.cache_clear()
        return made

    return make


@pytest.fixture
def chorales(tmp_path: Path) -> Path:
    """A folder with the file of ``jsb``, made up."""
    folder = tmp_path / "data"
    folder.mkdir()
    write_chorales(folder)
    return folder
