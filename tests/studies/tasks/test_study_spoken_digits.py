"""Spoken digits: the parts are of different recordings, and scales of those learned from."""

from __future__ import annotations

import io
import wave
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from recurra.errors import DataError
from recurra.studies import tasks
from recurra.studies.tasks import spoken_digits

NUMBERS = (0, 4, 5, 20, 44, 45, 49)


def sound(digit: int, number: int, loudness: int = 9000) -> bytes:
    """A tone of a digit, with some noise of its own, as a WAV file."""
    chance, time = np.random.default_rng(10 * number + digit), np.arange(1600) / 8000
    tone = loudness * np.sin(2 * np.pi * (300 + 100 * digit) * time) + chance.normal(0, 9, 1600)
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(8000)
        writer.writeframes(tone.astype("<i2").tobytes())
    return file.getvalue()


def zipped(path: Path, content: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, one in content.items():
            archive.writestr(name, one)
    return path


def recordings(loud: tuple[int, ...] = ()) -> dict[str, bytes]:
    return {
        f"recordings/{digit}_ann_{number}.wav": sound(
            digit, number, 30_000 if number in loud else 9000
        )
        for digit in range(3)
        for number in NUMBERS
    }


def test_the_first_five_are_judged_by_and_the_last_five_chosen_by(tmp_path: Path) -> None:
    zipped(tmp_path / "fsdd_recordings.zip", recordings())
    made = tasks.material("spoken-digits", tmp_path)
    parts = (made.train, made.validation, made.test)
    assert [len(part) for part in parts] == [9, 6, 6]
    assert len({x.numpy().tobytes() for part in parts for x in part.x}) == 3 * len(NUMBERS)
    for part in parts:
        assert {int(y) for y in part.y} == {0, 1, 2}
    assert (made.answer, made.shown, made.output_size) == ("class", "wrong", 10)


def test_each_step_is_the_mean_of_three_frames(tmp_path: Path) -> None:
    made = spoken_digits.read(zipped(tmp_path / "a.zip", recordings()))
    # 1,600 samples are 20 hops of 80, so 21 frames.
    assert {tuple(x.shape) for x in made.train.x} == {(7, made.input_size)}
    frames = torch.arange(8.0).view(8, 1)
    assert spoken_digits._steps(frames).flatten().tolist() == [1.0, 4.0]


def test_what_is_held_out_has_no_part_in_scales(tmp_path: Path) -> None:
    plain = spoken_digits.read(zipped(tmp_path / "a.zip", recordings()))
    loud = spoken_digits.read(zipped(tmp_path / "b.zip", recordings(loud=(0, 4, 45, 49))))
    same = [torch.equal(x, y) for x, y in zip(plain.train.x, loud.train.x, strict=True)]
    assert all(same)
    assert not torch.equal(plain.test.x[0], loud.test.x[0])
    every = torch.cat(list(plain.train.x))
    assert float(every.mean().abs()) < 0.1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "without recordings"),
        ({"a.txt": b"x"}, "without recordings"),
        ({"three_ann_1.wav": sound(3, 1)}, "DIGIT_SPEAKER_NUMBER"),
        ({"12_ann_1.wav": sound(3, 1)}, "DIGIT_SPEAKER_NUMBER"),
        ({"1_ann_1.wav": b"no sound"}, "no zip of recordings"),
        ({"1_ann_1.wav": sound(1, 1)}, "without recordings for train"),
        ({"1_ann_1.wav": sound(1, 1), "1_ann_9.wav": sound(1, 9)}, "for validation"),
    ],
)
def test_other_zips_are_refused(tmp_path: Path, content: dict[str, bytes], said: str) -> None:
    with pytest.raises(DataError, match=said):
        spoken_digits.read(zipped(tmp_path / "a.zip", content))


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"no zip")
    with pytest.raises(DataError, match="no zip of recordings"):
        spoken_digits.read(tmp_path / "a.zip")


def test_the_real_file_gives_2400_300_and_300(real: Callable[[str], Path]) -> None:
    folder = real("speech/fsdd")
    found = next(folder.rglob("fsdd_recordings.zip"), None)
    if found is None:
        pytest.skip(f"{folder} holds no fsdd_recordings.zip")
    made = spoken_digits.read(found)
    parts = (made.train, made.validation, made.test)
    assert [len(part) for part in parts] == [2400, 300, 300]
    assert len({x.numpy().tobytes() for part in parts for x in part.x}) == 3000
