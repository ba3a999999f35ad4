"""What ``recurra explain`` says of a model in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from recurra.cli.main import app
from recurra.explain import Explanation


def says_the_same(found: Explanation, folder: Path, *arguments: object) -> None:
    """That a fresh process says of the saved model what this one says of the model."""
    command = [sys.executable, "-m", "recurra", "explain", *map(str, arguments), "--json"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == plain(found)
    page = (folder / "explanation" / "explanation.html").read_text()
    assert found.words.answer.replace('"', '\\"') in page


def refused(said: str, *arguments: object) -> None:
    """That the command says why not, on one screen, and leaves nothing where it was called."""
    result = CliRunner().invoke(app, ["explain", *map(str, arguments)])
    assert result.exit_code in {1, 2}
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not Path("explanation").exists()


def plain(found: Explanation) -> Any:
    """Its figures as a file holds them."""
    return json.loads(json.dumps(found.as_dict()))
