"""A file in the folder of cells is a cell, and nothing else needs to be told."""

import importlib
import sys
from pathlib import Path

import pytest
import test_conformance

from recurra import Recurrent, cells
from recurra.conformance import CHECKS, run
from recurra.errors import CellError

EXTENSIONS = Path(__file__).parents[2] / "docs" / "extensions"

FILE = '''
"""A cell that ebbs."""

from dataclasses import dataclass

from recurra.language import Cell, Expression, Parameters, WorkedExample, gate, tanh


@dataclass(frozen=True)
class TidalUnit(Cell):
    """A plain network that keeps half of what it was (nobody 2025, eq. 1)."""

    states = ("h",)
    year = 2025
    check = WorkedExample(
        parameters={"W": [[0.5]], "U": [[-0.25]], "b": [0.125]},
        x=[[1.0], [-2.0]],
        # tanh(0.625), then half of that and tanh(-0.875 - 0.25 * 0.5545997...).
        output=[[0.554599722349382], [-0.489967585179868]],
    )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Keep half, and add what is new."""
        return h / 2 + gate("candidate", tanh(p.W @ x + p.U @ h + p.b))
'''


@pytest.fixture
def new(tmp_path, monkeypatch):
    """The name of a cell whose file has just been put there."""
    (tmp_path / "tidal_unit.py").write_text(FILE, encoding="utf-8")
    monkeypatch.setattr(cells, "__path__", [*cells.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    yield "tidal_unit"
    sys.modules.pop("recurra.cells.tidal_unit", None)
    vars(cells).pop("tidal_unit", None)


def test_it_is_found_by_its_name_and_by_its_class(new):
    assert new in cells.names()
    assert cells.find(new) is cells.TidalUnit
    assert Recurrent(new, 2, 3).cell == cells.TidalUnit()


def test_the_conformance_suite_has_it(new):
    subjects = {label: cell for cell, label, _ in test_conformance.subjects()}
    assert subjects[new] == cells.TidalUnit()
    assert {(f.check, f.outcome) for f in run(subjects[new])} == {(c.name, "holds") for c in CHECKS}


def test_the_table_of_the_command_line_has_it(new, capsys):
    table = importlib.import_module("recurra.cli.cell_table")
    table.show_cells({"I": 10, "H": 100})
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith(new)]
    # 100 x 10 and 100 x 100 weights and 100 biases.
    assert "2025" in row
    assert "11,100" in row


def test_the_page_of_the_documentation_has_it(new, monkeypatch):
    monkeypatch.syspath_prepend(EXTENSIONS)
    page = importlib.import_module("cell_pages").page()
    assert f"\n## {new}\n" in page
    assert "nobody 2025" in page


def test_it_is_gone_with_its_file(new, tmp_path):
    (tmp_path / "tidal_unit.py").unlink()
    assert new not in cells.names()
    with pytest.raises(CellError, match="tidal_unit"):
        cells.find(new)
