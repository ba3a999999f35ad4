"""What is read of a study's data decides what they are, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_studies import declared

from recurra.studies.fingerprint import of_data

YOURS = declared(tasks=("forecast",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files, of which one is within another folder."""
    path = tmp_path / "data"
    (path / "in").mkdir(parents=True)
    (path / "a.csv").write_text("1\n")
    (path / "in" / "b.csv").write_text("2\n")
    return path


def test_only_tasks_of_whatever_data_names_have_one(folder: Path) -> None:
    assert of_data(declared(), folder) == of_data(YOURS, None) == ""
    assert of_data(declared(tasks=("jsb", "forecast")), folder) == of_data(YOURS, folder) != ""


def test_the_content_of_a_file_counts_and_its_name_does_not(folder: Path) -> None:
    path = folder / "a.csv"
    before = of_data(YOURS, path)
    assert before.startswith("2 bytes, sha256 ")
    assert of_data(YOURS, path.rename(folder / "c.csv")) == before
    (folder / "c.csv").write_text("2\n")
    assert of_data(YOURS, folder / "c.csv") != before


def test_names_within_a_folder_count_and_where_it_lies_does_not(folder: Path) -> None:
    before = of_data(YOURS, folder)
    assert before.startswith("4 bytes")
    moved = folder.rename(folder.with_name("moved"))
    assert of_data(YOURS, moved) == before
    (moved / "a.csv").rename(moved / "c.csv")
    assert of_data(YOURS, moved) != before


def test_a_test_part_beside_it_counts(folder: Path) -> None:
    path = folder / "x_train.csv"
    path.write_text("3\n")
    (folder / "x_test.csv").write_text("4\n")
    before = of_data(YOURS, path)
    assert before.startswith("4 bytes")
    (folder / "x_test.csv").write_text("5\n")
    assert of_data(YOURS, path) != before
