"""Characters: three parts of a text one after the other, each letter asked once."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from recurra.errors import DataError
from recurra.studies import tasks
from recurra.studies.tasks import characters

LEARNED, HELD_OUT = 400, 130


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a few letters."""
    monkeypatch.setattr(characters, "LEARNED", LEARNED)
    monkeypatch.setattr(characters, "HELD_OUT", HELD_OUT)


def write(folder: Path, letters: int, name: str = "tinyshakespeare.txt") -> tuple[Path, str]:
    whole = "".join(random.Random(0).choices("abcdefg \n", k=letters))
    content = whole.encode()
    (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return folder / name, whole


@pytest.mark.parametrize("name", ["tinyshakespeare.txt", "tinyshakespeare.txt.gz"])
def test_the_parts_follow_each_other_and_have_no_letter_in_common(
    small: None, tmp_path: Path, name: str
) -> None:
    _, whole = write(tmp_path, 700, name)
    made = tasks.material("characters", tmp_path)
    order = sorted(set(whole[: LEARNED + 2 * HELD_OUT]))
    steps = characters.STEPS
    begins = (0, LEARNED, LEARNED + HELD_OUT)
    for part, begin, size in zip(
        (made.train, made.validation, made.test), begins, (LEARNED, HELD_OUT, HELD_OUT), strict=True
    ):
        # Whole stretches alone, each of which ends where the next begins.
        count = (size - 1) // steps
        assert len(part) == count
        read = "".join(order[int(n)] for x in part.x for n in x.argmax(1))
        asked = "".join(order[int(n)] for y in part.y for n in y)
        assert read == whole[begin : begin + count * steps]
        assert asked == whole[begin + 1 : begin + count * steps + 1]
        assert begin + count * steps + 1 <= begin + size
    assert (made.answer, made.shown) == ("symbols", "nats")


def test_each_stretch_begins_without_memory(small: None, tmp_path: Path) -> None:
    made = characters.read(write(tmp_path, 700)[0])
    assert {len(x) for x in made.train.x} == {characters.STEPS}
    assert all(torch.equal(x.sum(1), torch.ones(len(x))) for x in made.train.x)


def test_a_text_that_is_too_short_is_refused(small: None, tmp_path: Path) -> None:
    path, _ = write(tmp_path, LEARNED + 2 * HELD_OUT - 1)
    with pytest.raises(DataError, match="of 659 letters"):
        characters.read(path)


def test_what_is_no_text_is_refused(small: None, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"tea\0" * 250)
    with pytest.raises(DataError, match="NUL bytes"):
        characters.read(tmp_path / "a.txt")


def test_the_real_file_gives_stretches_of_its_three_parts(real: Callable[[str], Path]) -> None:
    made = tasks.material("characters", real("text"))
    parts = (made.train, made.validation, made.test)
    assert [len(part) for part in parts] == [2999, 333, 333]
    assert len({x.numpy().tobytes() for part in parts for x in part.x}) == 2999 + 2 * 333
