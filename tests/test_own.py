"""A cell from a file of the user's own."""

import sys

import pytest

from recurra.cells import FastGRNN, Zoneout
from recurra.cells.gru import GRU
from recurra.errors import CellError
from recurra.language import Cell
from recurra.own import load_cell

CELL = """
from dataclasses import dataclass
from recurra import Cell
from recurra.cells import LSTM, Zoneout
from recurra.language import tanh

@dataclass(frozen=True)
class Leaky(Cell):
    leak: float = 0.5
    states = ("h",)

    def step(self, p, x, h):
        return self.leak * h + tanh(p.W @ x + p.U @ h)

@dataclass(frozen=True)
class Needy(Cell):
    size: int

slow = Zoneout(Leaky(0.9), 0.1)
number = 3
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "my_cell.py"
    path.write_text(CELL)
    return path


def test_a_name_is_the_cell_of_the_package_as_it_is_without_options():
    assert load_cell("gru") == GRU()
    assert load_cell("fastgrnn") == FastGRNN()


def test_a_class_in_a_file_is_made_without_arguments(file):
    cell = load_cell(f"{file}:Leaky")
    assert isinstance(cell, Cell)
    assert (type(cell).__name__, cell.leak, cell.states) == ("Leaky", 0.5, ("h",))


def test_a_cell_made_in_a_file_comes_as_it_was_made(file):
    cell = load_cell(f"{file}:slow")
    assert isinstance(cell, Zoneout)
    assert (cell.rate, cell.cell.leak) == (0.1, 0.9)


def test_the_class_of_a_file_of_its_name_is_called_by_the_file(file):
    assert load_cell(f"{file}:Leaky").name == "Leaky"
    own = file.with_name("lea_ky.py")
    own.write_text(CELL)
    assert load_cell(f"{own}:Leaky").name == "lea_ky"


def test_a_file_sees_those_beside_it_and_nothing_is_left_on_the_path(file):
    file.with_name("beside_it.py").write_text("HALF = 0.25")
    file.write_text(
        CELL.replace("0.5", "HALF").replace("\nfrom", "\nfrom beside_it import HALF\nfrom", 1)
    )
    before = [*sys.path]
    assert load_cell(f"{file}:Leaky").leak == 0.25
    assert sys.path == before
    file.write_text("raise KeyError(4)")
    with pytest.raises(CellError):
        load_cell(f"{file}:Leaky")
    assert sys.path == before


def test_a_file_is_read_anew_each_time(file):
    load_cell(f"{file}:Leaky")
    file.write_text(CELL.replace("0.5", "0.125"))
    assert load_cell(f"{file}:Leaky").leak == 0.125


def test_nothing_is_written_beside_the_file(file):
    load_cell(f"{file}:Leaky")
    assert [path.name for path in file.parent.iterdir()] == ["my_cell.py"]


@pytest.mark.parametrize(
    ("name", "given", "do"),
    [
        ("Leeky", "'Leeky', which is not in", "my_cell.py:Leaky"),
        ("Zoneot", "'Zoneot', which is not in", "my_cell.py:Leaky"),
        ("", "without a name behind it", "my_cell.py:Leaky"),
        ("number", "which is of type int, but no cell", "class NAME(Cell)"),
        ("tanh", "which is of type function, but no cell", "class NAME(Cell)"),
        ("Needy", "cannot be made without arguments", "mine = Needy(...)"),
    ],
)
def test_a_name_that_is_no_cell_of_the_file_is_refused_in_words(file, name, given, do):
    with pytest.raises(CellError) as caught:
        load_cell(f"{file}:{name}")
    assert given in caught.value.given
    assert do in caught.value.do


def test_the_cells_of_a_file_are_listed_but_not_those_it_imported(file):
    with pytest.raises(CellError) as caught:
        load_cell(f"{file}")
    assert caught.value.expected == "one of its cells: Leaky, Needy, slow"


@pytest.mark.parametrize(
    ("content", "given"),
    [
        ("x = (1 +\n", "line 1: x = (1 +"),
        ("import math\n\nmath.sqrt(-1)\n", "line 3: math.sqrt(-1)\nValueError: math domain error"),
        (
            "def f():\n    return [][3]\n\nf()\n",
            "line 2: return [][3]\nIndexError: list index out of range",
        ),
        ("import no_such_thing\n", "line 1: import no_such_thing\nModuleNotFoundError"),
        ("import sys\nsys.exit(3)\n", "line 2: sys.exit(3)\nSystemExit: 3"),
        (
            "from recurra.cells import FastGRNN\nFastGRNN(rank=0)\n",
            "line 2: FastGRNN(rank=0)\nrank=0 for a FastGRNN cell",
        ),
        ("x = 1\n", "neither is any cell"),
        (b"\x00\x01", "null bytes"),
        (b"caf\xe9 = 1", "utf-8"),
    ],
)
def test_a_file_that_cannot_be_run_is_refused_in_words_that_name_the_line(file, content, given):
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CellError) as caught:
        load_cell(f"{file}:Leaky")
    assert given in caught.value.given
    assert str(file) in str(caught.value)
    assert caught.value.expected
    assert caught.value.do


def test_a_fault_in_a_file_beside_it_is_found_there(file):
    beside = file.with_name("beside_this.py")
    beside.write_text("y = = 2\n")
    file.write_text("import beside_this\n")
    with pytest.raises(CellError, match=r"beside_this\.py, line 1: y = = 2"):
        load_cell(f"{file}:Leaky")


def test_ctrl_c_while_a_file_runs_is_no_fault_of_the_file(file):
    file.write_text("raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load_cell(f"{file}:Leaky")


def test_a_file_that_is_not_there_suggests_the_nearest(file):
    with pytest.raises(CellError) as caught:
        load_cell(f"{file.with_name('mycell.py')}:Leaky")
    assert caught.value.do == f"did you mean {file}?"
    for place in ("no/where.py:Leaky", f"{file.parent}:Leaky"):
        with pytest.raises(CellError, match="cannot be read") as caught:
            load_cell(place)
        assert caught.value.do == "check the path"
