"""Which recordings there are, and where their texts come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from recurra.applications.speech import read_recordings, read_words
from recurra.applications.speech.naming import Pattern
from recurra.errors import DataError, OptionError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Recordings in folders; what is in them is not looked at here."""
    for name in ("yes/a_1.wav", "yes/b_2.WAV", "no/a_3.flac", "notes.pdf"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "data"


@pytest.mark.parametrize(
    "content",
    [
        "wav,text\nyes/a_1.wav,Yes!\nno/a_3.flac,no\n",
        "speaker;text;path\nx;Yes!;yes/a_1.wav\ny;no;no/a_3.flac\n",
        "yes/a_1.wav,Yes!\nno/a_3.flac,no\n",
        "Yes!,yes/a_1.wav\nno,no/a_3.flac\n",
    ],
)
def test_a_table_names_recordings_and_texts(folder: Path, content: str) -> None:
    (folder / "list.csv").write_text(content)
    found = read_recordings(folder / "list.csv")
    assert found.paths == [folder / "yes/a_1.wav", folder / "no/a_3.flac"]
    assert (found.texts, found.notes) == (["Yes!", "no"], ())
    assert read_recordings(folder / "list.csv", texts=False).names == ["yes/a_1.wav", "no/a_3.flac"]


def test_what_is_not_there_is_left_out_and_counted(folder: Path) -> None:
    (folder / "list.csv").write_text("wav,text\nyes/a_1.wav,yes\ngone.wav,no\n")
    found = read_recordings(folder / "list.csv")
    assert found.texts == ["yes"]
    assert "1 of 2 recordings in list.csv are not there, 'gone.wav' for one" in found.notes[0]
    (folder / "list.csv").write_text("wav,text\ngone.wav,no\n")
    with pytest.raises(DataError, match=r"none of the 1 recordings(.|\n)*gone\.wav"):
        read_recordings(folder / "list.csv")


def test_a_folder_with_a_table_is_read_by_it(folder: Path) -> None:
    (folder / "metadata.csv").write_text("file_name,transcription\nno/a_3.flac,nope\n")
    found = read_recordings(folder)
    assert (found.texts, found.notes) == (["nope"], ("read from metadata.csv",))


def test_texts_may_lie_beside_recordings(folder: Path) -> None:
    (folder / "yes/a_1.txt").write_text("yes please\n")
    (folder / "no/a_3.txt").write_text(" \n")
    found = read_recordings(folder)
    assert found.names == ["no/a_3.flac", "yes/a_1.wav"]
    assert found.texts == ["", "yes please"]
    assert found.notes[0] == "texts are in .txt files beside the recordings"
    assert "1 of 3 recordings have no text, 'yes/b_2.WAV' for one" in found.notes[1]


def test_a_folder_a_word_is_guessed_and_said(folder: Path) -> None:
    found = read_recordings(folder)
    assert found.texts == ["no", "yes", "yes"]
    assert "the text is taken to be the name of its folder, as 'no'" in found.notes[0]


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("{text}_{}", ["a", "a", "b"]),
        ("{}_{text}", ["3", "1", "2"]),
        ("{text}/{}", ["no", "yes", "yes"]),
        ("{text}", ["a 3", "a 1", "b 2"]),
    ],
)
def test_texts_may_be_in_names(folder: Path, pattern: str, texts: list[str]) -> None:
    found = read_recordings(folder, pattern=pattern)
    assert found.texts == texts
    assert repr(pattern) in found.notes[0]


def test_a_name_that_is_made_otherwise_has_no_text(folder: Path) -> None:
    (folder / "loose.wav").touch()
    found = read_recordings(folder, pattern="{text}_{}")
    assert "1 of 4 recordings have no text, 'loose.wav' for one" in found.notes[1]
    assert Pattern.of("{text}.x").text(Path("a.x.wav")) == "a"
    assert Pattern.of("{text}.x").text(Path("ayx.wav")) is None
    with pytest.raises(DataError, match="none of the 4 names"):
        read_recordings(folder, pattern="take{text}")
    for wrong in ("no field", "{text}{text}"):
        with pytest.raises(OptionError, match=r"one \{text\}"):
            read_recordings(folder, pattern=wrong)


def test_without_texts_a_recording_or_a_folder_is_enough(folder: Path) -> None:
    assert read_recordings(folder / "yes/a_1.wav", texts=False).names == ["a_1.wav"]
    assert len(read_recordings(folder, texts=False)) == 3


def test_what_cannot_be_learned_from_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no"):
        read_recordings(tmp_path / "gone")
    with pytest.raises(DataError, match="holds no recording"):
        read_recordings(tmp_path)
    (tmp_path / "a.wav").touch()
    with pytest.raises(DataError, match=r"nothing says what is spoken(.|\n)*--text-from-name"):
        read_recordings(tmp_path)
    with pytest.raises(DataError, match="is one recording"):
        read_recordings(tmp_path / "a.wav")
    (tmp_path / "list.csv").write_text("a,b,c\n1,2,3\n")
    with pytest.raises(DataError, match="has 3 columns"):
        read_recordings(tmp_path / "list.csv")


def test_a_lexicon_is_words_one_or_several_a_line(tmp_path: Path) -> None:
    (tmp_path / "w.txt").write_text("one\ntwo three\n\n")
    assert read_words(tmp_path / "w.txt") == ["one", "two", "three"]
    (tmp_path / "w.txt").write_text("\n")
    with pytest.raises(DataError, match="is empty"):
        read_words(tmp_path / "w.txt")
