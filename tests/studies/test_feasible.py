"""A study of which a trial could not begin is refused before the first."""

from __future__ import annotations

import pytest
from made_studies import declared

from recurra.errors import CellError, DataError, OptionError, RecurraError
from recurra.studies import Budget, Choice, Contender, Interval
from recurra.studies.feasible import check

CLOCKWORK = Contender("clockwork", "clockwork")


def test_a_study_that_can_be_run_is_not_refused(chorales) -> None:
    check(declared(), chorales)


def test_no_such_task(chorales) -> None:
    with pytest.raises(OptionError, match="did you mean 'jsb'"):
        check(declared(tasks=("jbs",)), chorales)


def test_a_file_that_is_not_there_is_told_with_where_it_is_had(tmp_path) -> None:
    with pytest.raises(DataError, match=r"JSB_Chorales\.mat") as error:
        check(declared(), tmp_path)
    assert "Boulanger-Lewandowski" in error.value.do
    with pytest.raises(DataError, match="no --data"):
        check(declared(), None)


def test_a_file_that_cannot_be_read(tmp_path) -> None:
    (tmp_path / "JSB_Chorales.mat").write_bytes(b"no such thing")
    with pytest.raises(DataError, match="JSB_Chorales"):
        check(declared(), tmp_path)


def test_initial_values_of_what_a_cell_does_not_have(task) -> None:
    task()
    wrong = declared(tasks=("tiny",), contenders=(Contender("A", "lstm", {"bf": 1.0}),))
    with pytest.raises(RecurraError, match="bf"):
        check(wrong, None)


def test_too_few_parameters_for_a_single_unit(task) -> None:
    task()
    wrong = declared(tasks=("tiny",), fixed={}, budget=Budget(parameters=3))
    with pytest.raises(OptionError, match="at most 3 parameters for elman"):
        check(wrong, None)


@pytest.mark.parametrize(
    "space", [{"hidden_size": Interval(2, 16)}, {"hidden_size": Choice((8, 2))}]
)
def test_units_that_a_cell_cannot_have(task, space) -> None:
    task()
    wrong = declared(tasks=("tiny",), contenders=(CLOCKWORK,), fixed={}, space=space, trials=2)
    with pytest.raises(CellError, match="2 numbers"):
        check(wrong, None)
    check(wrong.changed(space={"hidden_size": Choice((8, 16))}), None)
