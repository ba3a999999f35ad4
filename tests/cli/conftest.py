"""A small table, and the command line called within the process."""

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
