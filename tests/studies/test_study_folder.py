"""A folder is one study's, and says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_studies import declared

from recurra.errors import OptionError, OutputError
from recurra.studies import Budget, Contender, Folder, Interval
from recurra.studies.storage import FILE


@pytest.fixture
def begun(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.begin(declared(), resume=False)
    (tmp_path / FILE).write_text("{}\n")
    return folder


def test_the_declaration_is_kept(begun: Folder) -> None:
    assert json.loads(begun.declared.read_text())["fixed"] == {"hidden_size": 3}


def test_a_folder_with_trials_is_not_begun_again(begun: Folder) -> None:
    with pytest.raises(OptionError, match="holds the trials of a study") as error:
        begun.begin(declared(), resume=False)
    assert "--resume" in error.value.do


def test_more_of_the_same_goes_on(begun: Folder) -> None:
    begun.begin(declared(seeds=9, about="More.", tasks=("jsb", "xml"), trials=1), resume=True)
    assert json.loads(begun.declared.read_text())["seeds"] == 9


def test_a_folder_in_which_nothing_was_run_is_begun_anew(begun: Folder) -> None:
    (begun.path / FILE).write_text("")
    begun.begin(declared(seed=1), resume=False)
    assert json.loads(begun.declared.read_text())["seed"] == 1


SPACE = {"learning_rate": Interval(0.1, 0.2)}


@pytest.mark.parametrize(("asked", "goes_on"), [(3, 9), (9, 9), (12, 12)])
def test_it_goes_on_with_no_fewer_trials_than_it_had(begun: Folder, asked, goes_on) -> None:
    begun.declared.unlink()
    begun.begin(declared(space=SPACE, trials=9), resume=True)
    found = begun.begin(declared(space=SPACE, trials=asked), resume=True)
    assert found.trials_of("jsb") == goes_on
    assert json.loads(begun.declared.read_text())["trials"] == {"jsb": goes_on}


def test_the_trials_of_a_task_are_known_when_it_is_asked_for_again(begun: Folder) -> None:
    begun.declared.unlink()
    both = declared(space=SPACE, tasks=("jsb", "xml"), trials={"jsb": 9, "xml": 5})
    begun.begin(both, resume=True)
    one = begun.begin(declared(space=SPACE, tasks=("xml",), trials=2), resume=True)
    assert one.trials == {"xml": 5}
    assert json.loads(begun.declared.read_text())["trials"] == {"xml": 5}
    again = begun.begin(both.changed(trials=2), resume=True)
    assert again.trials == {"jsb": 9, "xml": 5}


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ({"columns": {"target": "a"}}, {}, "that names no columns"),
        ({}, {"columns": {"target": "a"}}, "whose columns is {'target': 'a'}"),
        ({"data": "9 bytes"}, {"data": "8 bytes"}, "whose data is '8 bytes'"),
    ],
)
def test_other_columns_and_data_are_another_study(begun: Folder, before, now, words) -> None:
    begun.declared.unlink()
    begun.begin(declared(**before), resume=True)
    begun.begin(declared(**before), resume=True)
    with pytest.raises(OptionError) as error:
        begun.begin(declared(**now), resume=True)
    assert words in error.value.given


def test_data_stay_known_while_none_of_the_tasks_is_of_them(begun: Folder) -> None:
    assert "data" not in json.loads(begun.declared.read_text())
    for data in ("9 bytes", ""):
        begun.begin(declared(data=data), resume=True)
        assert json.loads(begun.declared.read_text())["data"] == "9 bytes"
    with pytest.raises(OptionError, match="whose data is '8 bytes'"):
        begun.begin(declared(data="8 bytes"), resume=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": 1}, "whose seed is 1, to go on with one in"),
        ({"sampler": "tpe"}, "whose sampler is 'tpe'"),
        ({"budget": Budget(epochs=9)}, "whose budget is"),
        ({"contenders": (Contender("GRU", "gru"),)}, "whose contenders is"),
        ({"fixed": {"hidden_size": 4}}, "whose fixed is {'hidden_size': 4}"),
        ({"space": {"learning_rate": Interval(0.1, 0.2)}}, "whose space is"),
    ],
)
def test_another_study_does_not_go_on_with_it(begun: Folder, changes, words) -> None:
    before = begun.declared.read_bytes()
    with pytest.raises(OptionError) as error:
        begun.begin(declared(**changes), resume=True)
    assert words in error.value.given
    assert begun.declared.read_bytes() == before


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"trials": 3}', '{"trials": {"jsb": "3"}}'])
def test_a_declaration_that_cannot_be_read_is_told(begun: Folder, text: str) -> None:
    begun.declared.write_text(text)
    with pytest.raises(OutputError, match=r"study\.json cannot be read"):
        begun.begin(declared(), resume=True)


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        Folder(tmp_path / "file").begin(declared(), resume=False)
