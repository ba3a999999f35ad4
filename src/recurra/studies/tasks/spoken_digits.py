"""Digits spoken: which one a recording says."""

from __future__ import annotations

import io
import string
import wave
import zipfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from recurra.applications.speech.sound import sound_of
from recurra.applications.speech.spectrum import BANDS, Scale, powers
from recurra.errors import DataError
from recurra.studies.material import Material, Sequences, Task

RATE = 8000
EVERY = 3
"""Frames whose mean is one step."""

TEST, HELD_OUT = range(5), range(45, 50)
"""Numbers of a speaker's recordings of a digit that are judged by, and chosen by."""


def read(path: Path) -> Material:
    """Free Spoken Digit Dataset, its own test part: the first five of each digit and speaker.

    Args:
        path: A zip of recordings called ``DIGIT_SPEAKER_NUMBER.wav``.

    Raises:
        DataError: If it is no such zip, or has none of some part.
    """
    heard = _recordings(path)
    parts: dict[str, list[str]] = {"train": [], "validation": [], "test": []}
    for name in sorted(heard):
        number = int(name.rsplit("_", 1)[1])
        part = "test" if number in TEST else "validation" if number in HELD_OUT else "train"
        parts[part].append(name)
    if lacking := [part for part, names in parts.items() if not names]:
        raise DataError(
            f"{path} without recordings for {lacking[0]}",
            "numbers of 0 to 4 to judge by, of 45 to 49 to choose by, and others to learn from",
        )
    scale = Scale.of([heard[name] for name in parts["train"]])
    train, validation, test = (
        Sequences(
            [_steps(scale.shown(heard[name])) for name in names],
            [torch.tensor(int(name[0])) for name in names],
        )
        for names in parts.values()
    )
    return Material(
        "spoken-digits",
        "Spoken digits",
        "class",
        BANDS,
        10,
        train,
        validation,
        test,
        "wrong",
        note="In the place of TIMIT, which is licensed: whole words, 33 steps a second.",
    )


def _recordings(path: Path) -> dict[str, Tensor]:
    """The power in bands of every recording, by its name without the ending."""
    found = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".wav"):
                    found[Path(name).stem] = _heard(archive.read(name))
    except (zipfile.BadZipFile, wave.Error, EOFError) as error:
        raise DataError(f"{path} is no zip of recordings ({error})", "fsdd as a zip") from error
    if not found or not all(_named(name) for name in found):
        raise DataError(f"{path} without recordings", "files called DIGIT_SPEAKER_NUMBER.wav")
    return found


def _heard(content: bytes) -> Tensor:
    with wave.open(io.BytesIO(content)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return powers(sound_of(samples, file.getframerate()).samples, RATE)


def _named(name: str) -> bool:
    parts = name.split("_")
    return len(parts) == 3 and parts[0] in set(string.digits) and parts[2].isdecimal()


def _steps(shown: Tensor) -> Tensor:
    """The mean of every few frames."""
    whole = len(shown) // EVERY * EVERY
    return shown[:whole].view(-1, EVERY, shown.shape[1]).mean(1)


TASKS = {
    "spoken-digits": Task(
        "Spoken digits: 3,000 recordings of six speakers, ten classes",
        "wrong",
        read,
        ("fsdd_recordings.zip",),
        "the Free Spoken Digit Dataset, its recordings as a zip",
    )
}
