"""Pages driven in Chromium by frontend/tests/drive.mjs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FRONTEND = ROOT / "frontend"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

driven = pytest.mark.skipif(
    CHROMIUM is None
    or shutil.which("node") is None
    or not (FRONTEND / "node_modules" / "playwright-core").exists(),
    reason="Node, Chromium and the packages of frontend/ are needed: make viewer",
)


def drive(jobs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was seen of pages, each in a context of its own in one browser."""
    ran = subprocess.run(
        ["node", str(FRONTEND / "tests" / "drive.mjs"), str(CHROMIUM)],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert ran.returncode == 0, ran.stderr
    answers: list[dict[str, Any]] = json.loads(ran.stdout)
    return answers


def silent(answer: dict[str, Any]) -> None:
    """A page that asks for nothing and complains of nothing."""
    assert answer["requests"] == []
    assert answer["errors"] == []
    assert answer["console"] == []
    assert answer["dialogs"] == 0


def built(page: str, folder: Path) -> None:
    """What is shipped of a page is what its source builds."""
    ran = subprocess.run(
        ["node", "node_modules/vite/bin/vite.js", "build", "--outDir", str(folder)],
        cwd=FRONTEND,
        env={**os.environ, "PAGE": page},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
