"""The page of results of a study: it names the command that made it."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from made_studies import declared, write_chorales

from recurra.studies import Budget, Built, Choice, Driver, Folder, Plan, Storage, Study

PAGE = Path(__file__).parents[2] / "benchmarks" / "studies" / "page.py"
STUDY = declared(
    tasks=("jsb", "nottingham"),
    space={"layers": Choice((1, 2))},
    trials=1,
    seeds=0,
    budget=Budget(epochs=1),
)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, which writes to a folder of its own, of a study called made."""
    spec = importlib.util.spec_from_file_location("page_of_a_study", PAGE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path / "root")
    for folder in ("pictures", "results"):
        (tmp_path / "root" / "docs" / folder).mkdir(parents=True)
    return module


def command(page: ModuleType, study: Study, declared: Study = STUDY) -> str:
    found: str = page._command(study, declared)
    return found


def test_the_whole_study_is_made_by_its_name_alone(page: ModuleType) -> None:
    assert command(page, STUDY) == "recurra study made --data FOLDER --out STUDY"


def test_tasks_and_trials_that_were_asked_for_are_in_the_command(page: ModuleType) -> None:
    some = STUDY.changed(tasks=("jsb",), trials={"jsb": 1})
    assert command(page, some).endswith("--out STUDY --task jsb")
    more = STUDY.changed(tasks=("nottingham", "jsb"), trials={"jsb": 7, "nottingham": 7})
    said = command(page, more)
    assert said.endswith("--out STUDY --task nottingham --task jsb --trials 7")


def test_trials_that_differ_by_task_are_a_command_s_only_where_they_are_declared(
    page: ModuleType,
) -> None:
    each = {"jsb": 3, "nottingham": 5}
    differs = STUDY.changed(trials=each)
    assert "--trials" not in command(page, differs, differs)
    with pytest.raises(SystemExit, match="no command asks for"):
        command(page, differs)


def test_the_page_of_a_study_of_one_task_says_so(
    page: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_chorales(tmp_path)
    study = STUDY.changed(tasks=("jsb",), trials={"jsb": 1})
    folder = Folder(tmp_path / "study")
    folder.begin(study, resume=False)
    with Storage(folder.path) as storage:
        Driver(Plan(study, storage, tmp_path, None)).run()
    assert json.loads(folder.declared.read_text())["tasks"] == ["jsb"]
    monkeypatch.setattr(page.built_in, "find", lambda _: Built(STUDY))
    monkeypatch.setattr(sys, "argv", ["page.py", "memory", str(folder.path)])
    page.main()
    written = (tmp_path / "root" / "docs" / "results" / "study-memory.md").read_text()
    assert "$ recurra study made --data FOLDER --out STUDY --task jsb\n" in written
    assert "2 trials, one thread each" in written
    drawn = (tmp_path / "root" / "docs" / "pictures" / "study-memory.png").read_bytes()
    assert drawn.startswith(b"\x89PNG")


def test_only_studies_that_are_the_same_for_everyone_have_a_page(page: ModuleType) -> None:
    assert page._of_papers() == ["chung2014", "greff2015", "jozefowicz2015", "memory"]
