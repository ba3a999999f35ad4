"""Pen digits: the parts have no digit in common, whatever the files are called."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from recurra.errors import DataError
from recurra.studies import tasks
from recurra.studies.material import Sequences
from recurra.studies.tasks import pen_digits

COUNT, TESTED = 60, 7


def lines(first: int, count: int, *, figures: bool = False) -> list[str]:
    """Digits whose points tell their number: 16 points from 0 to 100, and a class."""
    said = []
    for number in range(first, first + count):
        points = random.Random(number).choices(range(101), k=16)
        digit = number % 10
        told = "".join("1" if place == digit else "0" for place in range(10)) if figures else digit
        said.append(", ".join(map(str, [*points, told])))
    return said


def write(folder: Path, train: str, test: str, *, figures: bool = False) -> Path:
    """The two files, packed where their names say so."""
    for name, first, count in ((train, 0, COUNT), (test, COUNT, TESTED)):
        said = ("\n".join(lines(first, count, figures=figures)) + "\n").encode()
        (folder / name).write_bytes(gzip.compress(said) if name.endswith(".gz") else said)
    return folder / train


def keys(part: Sequences) -> list[bytes]:
    return [x.numpy().tobytes() for x in part.x]


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("figures", [False, True])
def test_the_parts_are_the_two_files_and_have_nothing_in_common(
    tmp_path: Path, ending: str, figures: bool
) -> None:
    path = write(tmp_path, f"pendigits.tra{ending}", f"pendigits.tes{ending}", figures=figures)
    made = tasks.material("pen-digits", tmp_path)
    assert tasks.place("pen-digits", tmp_path) == path
    found = [keys(part) for part in (made.train, made.validation, made.test)]
    assert [len(one) for one in found] == [48, 12, TESTED]
    assert len({one for part in found for one in part}) == COUNT + TESTED
    digits = [int(y) for part in (made.train, made.validation) for y in part.y]
    assert sorted(digits) == sorted(n % 10 for n in range(COUNT))


def test_eight_points_and_their_digit_are_asked(tmp_path: Path) -> None:
    made = pen_digits.read(write(tmp_path, "a.tra", "a.tes"))
    assert (made.answer, made.shown, made.input_size, made.output_size) == ("class", "wrong", 2, 10)
    points = [float(one) for one in lines(COUNT, 1)[0].split(",")[:16]]
    torch.testing.assert_close(made.test.x[0], torch.tensor(points).view(8, 2) / 50 - 1)
    assert [int(y) for y in made.test.y] == [n % 10 for n in range(COUNT, COUNT + TESTED)]
    assert "48 digits" in made.note
    assert "all 7 of the test part" in made.note


def test_a_file_is_never_its_own_test_part(tmp_path: Path) -> None:
    path = write(tmp_path, "digits.gz", "digits.tes.gz")
    with pytest.raises(DataError, match="where its test part lies"):
        tasks.material("pen-digits", path)


def test_a_test_part_that_is_absent_is_missed(tmp_path: Path) -> None:
    path = write(tmp_path, "pendigits.tra", "other.tes")
    with pytest.raises(DataError, match=r"There is no file .*pendigits\.tes"):
        pen_digits.read(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"1, 2, 3\n", "lines of 16 numbers and a class"),
        (", ".join(["5"] * 16 + ["12"]).encode(), "the class 12"),
        (", ".join(["5"] * 15 + ["nan", "2"]).encode(), "no number"),
        (b"\x1f\x8b" + bytes(20), "gzip"),
    ],
)
def test_what_holds_no_digits_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = write(tmp_path, "pendigits.tra", "pendigits.tes")
    path.write_bytes(content)
    with pytest.raises(DataError, match=said):
        pen_digits.read(path)


def test_what_is_called_packed_and_is_not_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "pendigits.tra.gz", "pendigits.tes.gz")
    path.write_bytes(b"not packed")
    with pytest.raises(DataError, match="not a sound gzip"):
        pen_digits.read(path)


def test_too_few_digits_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "pendigits.tra", "pendigits.tes")
    path.write_text("\n".join(lines(0, 20)))
    with pytest.raises(DataError, match="at least 50"):
        pen_digits.read(path)


def test_the_real_file_gives_the_parts_that_its_note_says(real: Callable[[str], Path]) -> None:
    made = pen_digits.read(real("handwriting/pendigits/pendigits.tra.gz"))
    found = [keys(part) for part in (made.train, made.validation, made.test)]
    assert [len(one) for one in found] == [2000, 500, 3498]
    assert set(found[0]).isdisjoint([*found[1], *found[2]])
    assert "2,000 digits" in made.note
    assert "all 3,498" in made.note
