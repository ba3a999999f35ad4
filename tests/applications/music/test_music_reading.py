"""Pieces from folders, files and .mat: what is read, held apart, left out and said."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from made_midi import midi, off, on, one_note, tempo

from recurra.applications.music import read_music, read_start
from recurra.applications.music.demo import GRID, pieces
from recurra.applications.music.midi_file import to_midi
from recurra.applications.music.roll import KEYS, Grid
from recurra.errors import DataError, OptionError

DRUMS = midi([on(0, 36, channel=9), off(96, 36, channel=9)])
LOW = midi([on(0, 5), off(96, 5)])


def folder(place: Path, **files: bytes) -> Path:
    for name, content in files.items():
        path = place / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return place


def test_a_folder_is_read_whole_and_all_that_is_left_out_is_counted(tmp_path: Path) -> None:
    made = pieces(2, seed=0)
    folder(
        tmp_path,
        a_mid=to_midi(made[0], GRID),
        deep__b_midi_gz=gzip.compress(to_midi(made[1], GRID)),
        drums_mid=DRUMS,
        low_mid=LOW,
        broken_mid=b"MThd",
        empty_mid=b"",
        notes_txt=b"no music",
    )
    music = read_music(tmp_path)
    assert [torch.equal(a, b) for a, b in zip(music.train, made, strict=True)] == [True, True]
    assert music.grid.steps == GRID.steps
    assert music.grid.tempo == pytest.approx(GRID.tempo)
    said = "\n".join(music.notes)
    for one in (
        "2 of 6 files cannot be read: left out, the first broken.mid",
        "2 of 6 files have no note of a piano's keys: left out, the first drums.mid",
        "1 files have names that do not end in .mid",
        "1 notes of drums",
        "1 notes are outside of a piano's 88 keys",
    ):
        assert one in said
    assert read_music(tmp_path / "a.mid").train[0].shape == made[0].shape


def test_a_split_that_is_given_is_kept(tmp_path: Path) -> None:
    notes = {"train": 60, "valid": 62, "test": 64}
    files = {f"{part}__{n}_mid": one_note(note) for part, note in notes.items() for n in range(2)}
    music = read_music(folder(tmp_path, **files))
    for part, note in zip((music.train, music.validation, music.test), notes.values(), strict=True):
        assert [int(one.any(0).nonzero()) for one in part] == [note - 21] * 2
    assert "2 pieces of 8 steps for validation" in music.notes
    assert len(music.all) == 6


def test_a_tempo_that_changes_is_said(tmp_path: Path) -> None:
    changing = midi([on(0, 60), off(96, 60), tempo(0, 250_000), on(0, 62), off(96, 62)])
    music = read_music(folder(tmp_path, a_mid=changing, b_mid=one_note()))
    assert "1 files change their tempo" in music.notes[-1]
    assert [len(one) for one in music.train] == [2, 4]


def test_a_grid_that_is_wished_is_taken(tmp_path: Path) -> None:
    music = read_music(folder(tmp_path, a_mid=one_note()), steps=4)
    assert music.grid.steps == 4
    assert len(music.train[0]) == 16


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "no music"),
        ({"a_txt": b"x"}, "1 files have names"),
        ({"a_mid": DRUMS, "b_mid": LOW}, "2 of 2 files have no note"),
        ({"a_mid": b""}, "1 of 1 files cannot be read.*an empty file"),
    ],
)
def test_a_folder_without_music_is_refused_with_the_reasons(tmp_path, files, said) -> None:
    with pytest.raises(DataError, match=said):
        read_music(folder(tmp_path, **files))


def test_a_start_is_read_on_the_model_s_grid(tmp_path: Path) -> None:
    folder(tmp_path, a_mid=one_note(60, 3), b_mid=DRUMS)
    roll, notes = read_start(tmp_path / "a.mid", Grid(4, 100.0))
    assert roll.shape == (12, KEYS)
    assert any("4 steps a quarter" in note for note in notes)
    with pytest.raises(DataError, match="no note of a piano"):
        read_start(tmp_path / "b.mid", Grid())
    with pytest.raises(DataError, match=r"did you mean .*a\.mid"):
        read_start(tmp_path / "aa.mid", Grid())


def mat(**parts: list[np.ndarray]) -> bytes:
    scipy_io = pytest.importorskip("scipy.io")
    cells = {}
    for name, rolls in parts.items():
        cells[name] = np.empty((1, len(rolls)), dtype=object)
        cells[name][0, :] = rolls
    file = io.BytesIO()
    scipy_io.savemat(file, cells)
    return file.getvalue()


def rolls(seed: int) -> list[np.ndarray]:
    return [one.numpy() for one in pieces(2, seed=seed)]


def test_a_mat_file_is_read_in_its_parts(tmp_path: Path) -> None:
    content = mat(traindata=rolls(0), validdata=rolls(1), testdata=rolls(2))
    (tmp_path / "m.mat").write_bytes(content)
    music = read_music(tmp_path / "m.mat")
    for part, seed in ((music.train, 0), (music.validation, 1), (music.test, 2)):
        assert [np.array_equal(a, b) for a, b in zip(part, rolls(seed), strict=True)] == [True] * 2
    assert music.grid == Grid(2, 120.0)
    assert "does not tell how long a step is" in music.notes[-1]
    assert read_music(tmp_path / "m.mat", steps=1).grid.steps == 1


def test_a_mat_file_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    wide = [np.ones((4, 90)), np.ones((4, 90))]
    counts = [2 * np.ones((4, 88)), np.ones((5, 88))]
    for name, content, said in (
        ("a", mat(other=rolls(0)), "holds other"),
        ("b", mat(traindata=wide), r"shape \(4, 90\)"),
        ("c", mat(traindata=counts), "other numbers than 0 and 1"),
        ("d", b"MATLAB 5.0 MAT-file" + b"\1" * 200, "cannot be read as a file of MATLAB"),
        ("e", mat(traindata=rolls(0))[:-100], "cannot be read as a file of MATLAB"),
        ("f", b"", "cannot be read as a file of MATLAB"),
    ):
        (tmp_path / f"{name}.mat").write_bytes(content)
        with pytest.raises(DataError, match=said):
            read_music(tmp_path / f"{name}.mat")


@pytest.mark.parametrize(("name", "file"), [("mido", "a.mid"), ("scipy.io", "a.mat")])
def test_the_way_to_get_a_library_is_said(name, file, tmp_path, monkeypatch) -> None:
    (tmp_path / file).write_bytes(one_note())
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(OptionError, match=r"not installed(.|\n)*recurra\[music\]"):
        read_music(tmp_path / file)
