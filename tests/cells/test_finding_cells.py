import importlib

import pytest

from recurra import cells
from recurra.errors import CellError
from recurra.language import Cell


@pytest.mark.parametrize("name", cells.names())
def test_a_cell_is_found_by_the_name_of_its_file(name):
    found = cells.find(name)
    assert issubclass(found, Cell)
    assert found().name == name
    assert getattr(cells, found.__name__) is found


def test_names_are_sorted():
    assert cells.names() == sorted(cells.names())


@pytest.mark.parametrize(
    ("name", "nearest"), [("LSTM", "lstm"), ("ltsm", "lstm"), ("grru", "gru"), ("Ellman", "elman")]
)
def test_an_unknown_name_suggests_the_nearest(name, nearest):
    with pytest.raises(CellError) as caught:
        cells.find(name)
    assert repr(name) in caught.value.given
    assert caught.value.expected == f"one of {', '.join(cells.names())}"
    assert caught.value.do == f"did you mean {nearest!r}?"


def test_a_name_like_none_gets_the_list_alone():
    with pytest.raises(CellError) as caught:
        cells.find("transformer")
    assert not caught.value.do


def test_the_module_of_a_cell_is_never_mistaken_for_its_class():
    module = importlib.import_module("recurra.cells.lstm")
    assert cells.lstm is module
    assert cells.LSTM is module.LSTM
    with pytest.raises(AttributeError, match="Lstm"):
        cells.Lstm  # noqa: B018
