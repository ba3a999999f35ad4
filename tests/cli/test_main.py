"""The entry point."""

from __future__ import annotations

import subprocess
import sys

from typer.testing import CliRunner

from recurra.cli.main import app


def test_help_imports_neither_torch_nor_anything_else_heavy() -> None:
    code = (
        "import sys; from recurra.cli.main import app\n"
        "app(['--help'], standalone_mode=False)\n"
        "print([m for m in ('torch', 'numpy', 'polars', 'rich', 'matplotlib') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.splitlines()[-1] == "[]"
    assert "forecast" in out.stdout


def test_version_is_said() -> None:
    assert CliRunner().invoke(app, ["--version"]).output.startswith("recurra 0.")


def test_no_command_shows_the_help() -> None:
    assert "predict" in CliRunner().invoke(app, []).output
