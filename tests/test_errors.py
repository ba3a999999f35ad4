import builtins
import copy
import pickle

import pytest

from recurra import errors
from recurra.errors import OutputError, RecurraError

CLASSES = [value for value in vars(errors).values() if isinstance(value, type)]
every_class = pytest.mark.parametrize("cls", CLASSES)


def test_the_tree_drawn_in_the_module_is_the_tree():
    drawn = [line.split()[1] for line in errors.__doc__.splitlines() if "──" in line]
    assert [cls.__name__ for cls in CLASSES] == ["RecurraError", *drawn]
    assert all(issubclass(cls, RecurraError) for cls in CLASSES)


@every_class
def test_an_error_keeps_and_says_its_three_parts(cls):
    error = cls("the value 3", "a value of 1 or 2", "write 1")
    assert (error.given, error.expected, error.do) == (
        "the value 3",
        "a value of 1 or 2",
        "write 1",
    )
    assert str(error) == "the value 3\nExpected: a value of 1 or 2\nTry: write 1"


@every_class
def test_parts_that_are_not_there_are_not_said(cls):
    assert str(cls("the value 3")) == "the value 3"
    assert str(cls("the value 3", do="write 1")) == "the value 3\nTry: write 1"


@every_class
@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_survives_going_between_processes(cls, again):
    error = again(cls("the value 3", "a value of 1 or 2", "write 1"))
    assert type(error) is cls
    assert str(error) == "the value 3\nExpected: a value of 1 or 2\nTry: write 1"


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("CellError", "ValueError"),
        ("ShapeError", "ValueError"),
        ("OptionError", "ValueError"),
        ("DataError", "ValueError"),
        ("TrainingError", "RuntimeError"),
        ("ModelFileError", "ValueError"),
        ("OutputError", "OSError"),
    ],
)
def test_each_can_be_caught_as_pythons_own_kind(name, builtin):
    assert issubclass(getattr(errors, name), getattr(builtins, builtin))


def test_an_output_error_speaks_like_the_others_and_not_like_an_os_error():
    assert "Errno" not in str(OutputError("out.csv cannot be written", "a folder", "another"))
