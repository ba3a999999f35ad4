"""Tables of sequences: which column is which."""

from __future__ import annotations

from pathlib import Path

import pytest

from recurra.applications.dna import read_labelled, read_sequences
from recurra.errors import DataError

EI, N = "CCAGCTGCATCACAGG", "AGACCCGCCGGGNAGG"


def read(folder: Path, content: str, name: str = "t.csv", **columns: str):
    (folder / name).write_text(content)
    return read_labelled(folder / name, **columns)


def test_a_table_with_names(tmp_path: Path) -> None:
    found = read(tmp_path, f"sequence,label\n{EI},a\n{N},b\n{EI.lower()},a\n")
    assert (found.sequences, found.labels) == ([EI, N, EI.lower()], ["a", "b", "a"])
    assert "the first row is names" in found.notes[0]


def test_class_name_sequence_without_a_header(tmp_path: Path) -> None:
    rows = f"EI,   X-DONOR-1,    {EI}\nN,  Y-NEG-2,   {N}\nEI,  Z-DONOR-3,  {EI}\n"
    found = read(tmp_path, rows)
    assert (found.sequences, found.labels) == ([EI, N, EI], ["EI", "N", "EI"])
    assert "sequences are in column 3, classes in column 1" in found.notes[0]


def test_names_made_of_letters_of_bases_are_names(tmp_path: Path) -> None:
    found = read(tmp_path, f"dna\tn\n{EI}\tA\n{N}\tC\n{N}\tC\n", "t.tsv")
    assert (found.sequences, found.labels) == ([EI, N, N], ["A", "C", "C"])


def test_columns_can_be_named(tmp_path: Path) -> None:
    rows = f"left,right,kind\n{EI},{N},x\n{N},{EI},y\n"
    found = read(tmp_path, rows, sequence="left", label="kind")
    assert (found.sequences, found.labels) == ([EI, N], ["x", "y"])
    with pytest.raises(DataError, match="no column 'odd'"):
        read(tmp_path, rows, sequence="odd")


def test_spaces_in_sequences_and_rows_without_a_class(tmp_path: Path) -> None:
    found = read(tmp_path, f"seq,label\n{EI[:8]} {EI[8:]},a\n{N},\n{N},b\n")
    assert (found.sequences, found.labels) == ([EI, N], ["a", "b"])
    assert "1 rows without a class are left out" in found.notes


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("a text,b\nother text,c\n", "No column .* is of bases"),
        (f"seq\n{EI}\n{N}\n", "one column"),
        ("seq,label\n" + "".join(f"{EI},{n}\n" for n in range(9)), "9 different classes"),
        (f"seq,label\n{EI},\n", "no row with a class"),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read(tmp_path, content)


def test_sequences_alone(tmp_path: Path) -> None:
    (tmp_path / "s.txt").write_text(f"{EI}\n{N}\n")
    assert read_sequences(tmp_path / "s.txt") == [EI, N]
