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
    (tmp_path / FILE).touch()
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


def test_a_declaration_that_cannot_be_read_is_told(begun: Folder) -> None:
    begun.declared.write_text("{")
    with pytest.raises(OutputError, match=r"study\.json cannot be read"):
        begun.begin(declared(), resume=True)


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        Folder(tmp_path / "file").begin(declared(), resume=False)
