"""Whatever becomes of a checkpoint's bytes, it is read as it was written or not at all."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from checkpoint_program import by_steps
from safetensors.torch import save_file

from recurra.errors import OutputError
from recurra.training import Callback, Checkpoint
from recurra.training.checkpoints import file
from recurra.training.checkpoints.file import DamagedError
from recurra.training.checkpoints.folder import Folder

CONTENT = {"weights": torch.arange(5.0), "order": torch.tensor([3, 1]), "best": 0.25, "name": "a"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "one.safetensors"


@pytest.fixture
def packed() -> bytes:
    return file.pack(CONTENT)


def same(found: dict[str, object]) -> bool:
    return repr(found) == repr(CONTENT)


def flipped(content: bytes) -> Iterator[bytes]:
    """With a bit of each byte turned, one at a time."""
    drawn = random.Random(0)
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1 << drawn.randrange(8)
        yield bytes(changed)


def test_a_flipped_bit_anywhere_is_found(path: Path, packed: bytes) -> None:
    path.write_bytes(packed)
    assert same(file.read(path))
    harmless = 0
    for changed in flipped(packed):
        path.write_bytes(changed)
        try:
            found = file.read(path)
        except DamagedError:
            continue
        # Such as a blank between two words of the header that has become a tab.
        assert same(found)
        harmless += 1
    assert harmless < len(packed) / 8


def test_a_file_that_ends_anywhere_too_soon_is_damaged(path: Path, packed: bytes) -> None:
    for length in range(len(packed)):
        path.write_bytes(packed[:length])
        with pytest.raises(DamagedError):
            file.read(path)


def test_a_file_that_goes_on_behind_its_end_is_damaged(path: Path, packed: bytes) -> None:
    path.write_bytes(packed + b"\0")
    with pytest.raises(DamagedError):
        file.read(path)


def with_header(packed: bytes, **changes: str) -> bytes:
    """Another text among the metadata, everything else as it was."""
    (length,) = struct.unpack("<Q", packed[:8])
    header = json.loads(packed[8 : 8 + length])
    header["__metadata__"] |= changes
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + packed[8 + length :]


@pytest.mark.parametrize("changes", [{"recurra": "{no JSON"}, {"recurra": "{}"}, {"digest": ""}])
def test_another_text_in_the_header_is_found(path: Path, packed: bytes, changes) -> None:
    path.write_bytes(with_header(packed))
    assert same(file.read(path))
    path.write_bytes(with_header(packed, **changes))
    with pytest.raises(DamagedError, match="changed since it was written"):
        file.read(path)


def test_a_file_of_something_else_is_damaged(path: Path) -> None:
    save_file({"weights": torch.ones(3)}, path)
    with pytest.raises(DamagedError):
        file.read(path)


class Dies(Callback):
    def __init__(self, after: int) -> None:
        self.left = after

    def on_train_batch_end(self, trainer, step) -> None:
        self.left -= 1
        if self.left == 0:
            raise MemoryError


def died(folder: Path, after: int) -> None:
    with pytest.raises(MemoryError):
        by_steps(Checkpoint(folder, every=1e-9, verbose=0), Dies(after))


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_newest_one_cut_short_costs_a_step_and_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], share: float
) -> None:
    died(tmp_path / "run", 20)
    newest, before = Folder(tmp_path / "run").states(0)
    newest.write_bytes(newest.read_bytes()[: int(share * newest.stat().st_size)])
    steps = Dies(10**9)
    assert by_steps(Checkpoint(tmp_path / "run", verbose=0), steps) == by_steps(None)
    assert 10**9 - steps.left == 60 - 18, "the one before is of a step earlier"
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert str(newest) in said
    assert said.endswith("the run goes on from the one before.")
    assert before.name not in said


def test_a_folder_that_becomes_read_only_costs_a_sentence_and_no_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class BecomesReadOnly(Callback):
        def on_epoch_end(self, trainer, epoch, logs) -> None:
            monkeypatch.setattr(Path, "open", refused)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(30, "Read-only file system")

    with monkeypatch.context():
        found = by_steps(Checkpoint(tmp_path / "run", every=1e-9, verbose=0), BecomesReadOnly())
    assert found == by_steps(None)
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert "cannot be written: Read-only file system; the training goes on" in said


def test_a_folder_that_is_read_only_from_the_beginning_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    with pytest.raises(OutputError, match=r"cannot be written to .*Read-only file system"):
        by_steps(Checkpoint(tmp_path / "run"))
