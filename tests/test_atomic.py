import os
import re
import subprocess
from pathlib import Path

import pytest

from recurra import atomic
from recurra.errors import OutputError


def test_the_file_holds_what_was_written_and_nothing_lies_beside_it(tmp_path):
    path = tmp_path / "a.bin"
    atomic.write(path, b"\0new")
    assert path.read_bytes() == b"\0new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_former_file_is_replaced(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"a much longer former content")
    atomic.write(path, b"new")
    assert path.read_bytes() == b"new"


def test_missing_folders_are_made(tmp_path):
    path = tmp_path / "not" / "there" / "a.bin"
    atomic.write(path, b"")
    assert path.read_bytes() == b""


@pytest.mark.parametrize(
    "interruption", [OSError(28, "No space left on device"), KeyboardInterrupt()]
)
@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_an_interrupted_writing_leaves_the_former_file_and_no_part(
    tmp_path, monkeypatch, moment, interruption
):
    path = tmp_path / "a.bin"
    path.write_bytes(b"former")

    def interrupted(*_):
        raise interruption

    monkeypatch.setattr(*((os, "fsync") if moment == "fsync" else (Path, "replace")), interrupted)
    with pytest.raises((OutputError, KeyboardInterrupt)):
        atomic.write(path, b"new")
    assert path.read_bytes() == b"former"
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_is_on_the_disk_before_it_takes_the_name(tmp_path, monkeypatch):
    path, seen = tmp_path / "a.bin", []
    path.write_bytes(b"former")
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda number: (seen.append(path.read_bytes()), real(number)))
    atomic.write(path, b"new")
    assert seen[0] == b"former"
    assert seen[1:] == [b"new"], "and then the name itself"


def test_a_place_that_cannot_be_written_to_is_an_output_error(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "file" / "a.bin", tmp_path, Path()):
        with pytest.raises(OutputError, match="cannot be written") as caught:
            atomic.write(path, b"new")
        assert str(path) in caught.value.given
        assert caught.value.do
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def left_by(process: int, name: str) -> str:
    return f".{name}.{process}.part"


def test_what_a_process_that_was_killed_left_of_the_same_file_goes(tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    for name in ("a.bin", "b.bin"):
        for process in (gone.pid, os.getppid()):
            (tmp_path / left_by(process, name)).write_bytes(b"half")
    atomic.write(tmp_path / "a.bin", b"new")
    kept = {
        left_by(os.getppid(), "a.bin"),
        left_by(gone.pid, "b.bin"),
        left_by(os.getppid(), "b.bin"),
    }
    assert {path.name for path in tmp_path.iterdir()} == {"a.bin", *kept}


def test_what_was_left_under_a_number_that_is_given_again_goes_too(tmp_path):
    (tmp_path / left_by(os.getpid(), "a.bin")).write_bytes(b"half")
    atomic.sweep(tmp_path, re.compile(r"\.a\.bin\.(\d+)\.part"))
    assert not list(tmp_path.iterdir())
