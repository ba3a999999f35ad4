"""A small table, a cell of one's own, and the command line called within the process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from recurra.cli.main import app


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Calls ``recurra`` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return call


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """Ten years of months with a season, a trend and something of its own."""
    months = pl.date_range(pl.date(2010, 1, 1), pl.date(2019, 12, 1), "1mo", eager=True)
    values = [100 + n + 20 * (n % 12 == 11) + 7919 * n * n % 11 for n in range(len(months))]
    path = tmp_path / "sales.csv"
    pl.DataFrame({"month": months, "sales": values}).write_csv(path)
    return path


OWN = """
from dataclasses import dataclass

from recurra import Cell
from recurra.cells import Zoneout
from recurra.language import gate, sigmoid, tanh


@dataclass(frozen=True)
class MinimalGated(Cell):
    \"\"\"Minimal gated unit.\"\"\"

    states = ("h",)

    def step(self, p, x, h):
        f = gate("forget", sigmoid(p.W_f @ x + p.U_f @ h + p.b_f))
        n = gate("candidate", tanh(p.W_n @ x + p.U_n @ (f * h) + p.b_n))
        return (1 - f) * h + f * n


@dataclass(frozen=True)
class Unread(Cell):
    states = ("h",)

    def step(self, p, x, h):
        return tanh(p.W @ x) if h > 0 else h


zoned = Zoneout(MinimalGated(), 0.1)
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A file with cells of one's own."""
    path = tmp_path / "my_cells.py"
    path.write_text(OWN)
    return path
