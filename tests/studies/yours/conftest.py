"""Tables of known answers, and small studies of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from recurra.studies import Driver, Evidence, Plan, Results, Storage, Study

Table = Callable[..., Path]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Writes a table of columns."""

    def write(name: str, **columns: list[object]) -> Path:
        path = tmp_path / name
        rows = zip(*columns.values(), strict=True)
        lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


@pytest.fixture
def noise(table: Table) -> Path:
    """White noise, of which nothing can be foretold."""
    chance = random.Random(0)
    return table("noise.csv", t=list(range(300)), y=[chance.gauss(0, 1) for _ in range(300)])


@pytest.fixture
def logistic(table: Table) -> Path:
    """The logistic map: each value follows from the one before, but on no straight line."""
    values = [0.3]
    while len(values) < 300:
        values.append(3.99 * values[-1] * (1 - values[-1]))
    return table("logistic.csv", t=list(range(300)), y=values)


@pytest.fixture
def evidence(tmp_path: Path) -> Callable[[Study, Path], Evidence]:
    """Runs a study to its end."""

    def run(study: Study, data: Path) -> Evidence:
        with Storage(tmp_path / "study") as storage:
            plan = Plan(study, storage, data, None)
            assert Driver(plan).run() == "all"
            return Evidence.of(Results.of(study, storage))

    return run
