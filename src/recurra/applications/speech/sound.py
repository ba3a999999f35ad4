"""Sound from files, at whatever rate it was recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra import libraries, text_files
from recurra.errors import DataError

Samples: TypeAlias = NDArray[np.float32]


ENDINGS = (".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif", ".au")
"""How names of sound files end."""

QUIET = 1e-4
"""The peak below which a recording is held to be silent: 80 dB below full scale."""


PIPED = 0x7FFF0000
"""Bytes of sound from which on a head only says that its writer did not know."""


@dataclass(frozen=True)
class Sound:
    """A recording of one channel.

    Attributes:
        samples: (N,), full scale from -1 to 1.
        rate: Samples a second.
        channels: Of the file, of which the mean was taken.
        torn: Whether the file ends before its head says.
    """

    samples: Samples
    rate: int
    channels: int = 1
    torn: bool = False

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate

    @property
    def silent(self) -> bool:
        """Whether nothing is to be heard in it."""
        return bool(np.abs(self.samples).max(initial=0) < QUIET)

    def at(self, rate: int) -> Sound:
        """The same at another rate, resampled by soxr.

        Args:
            rate: Samples a second.

        Raises:
            OptionError: If soxr is not installed.
        """
        if rate == self.rate:
            return self
        found = library("soxr").resample(self.samples, self.rate, rate)
        return replace(self, samples=np.ascontiguousarray(found, dtype=np.float32), rate=rate)


def sound_of(samples: Any, rate: int) -> Sound:
    """A recording from an array.

    Args:
        samples: (N,), or (N, C) of which the mean over channels is taken; full scale from -1 to 1,
            or whole numbers of 16 bits.
        rate: Samples a second, at least 1,000.

    Raises:
        DataError: If it is no sound.
    """
    given = np.asarray(samples)
    if given.ndim not in {1, 2} or given.dtype.kind not in "fi" or rate < 1000:
        raise DataError(
            f"an array of shape {given.shape} and type {given.dtype} at {rate} samples a second",
            "samples (N,), or (N, C) of C channels, at a rate of at least 1,000",
        )
    scale = 1 / 32768 if given.dtype.kind == "i" else 1.0
    found = given.astype(np.float32) * np.float32(scale)
    if not np.isfinite(found).all():
        raise DataError("samples that are NaN or infinite", "finite samples")
    channels = found.shape[1] if found.ndim == 2 else 1
    mean = found if found.ndim == 1 else found.mean(1)
    return Sound(np.ascontiguousarray(mean, dtype=np.float32), int(rate), channels)


def read_sound(path: str | Path) -> Sound:
    """Reads a recording: WAV, FLAC and whatever else libsndfile reads.

    Args:
        path: A file of one channel or several, at any rate.

    Raises:
        DataError: If there is none, it cannot be read, or has no sample.
        OptionError: If soundfile is not installed.
    """
    path = Path(path)
    with _opening(path) as soundfile, soundfile.SoundFile(path) as file:
        samples, rate = file.read(dtype="float32", always_2d=True), file.samplerate
        torn = _is_torn(file.extra_info)
    if not len(samples):
        raise DataError(f"{path} has no sample.", "a recording", "record it again, or remove it")
    if not np.isfinite(samples).all():
        raise DataError(f"{path} holds samples that are NaN or infinite.", "finite samples")
    return replace(sound_of(samples, rate), torn=torn)


def rate_of(path: str | Path) -> int:
    """Samples a second of a file, from its head alone.

    Raises:
        DataError: If there is none, or it cannot be read.
        OptionError: If soundfile is not installed.
    """
    path = Path(path)
    with _opening(path) as soundfile:
        return int(soundfile.info(path).samplerate)


@contextmanager
def _opening(path: Path) -> Iterator[Any]:
    """The library that reads files, what it says made an error that names the file."""
    text_files.check_there(path, "sound")
    soundfile = library("soundfile")
    try:
        yield soundfile
    except (soundfile.SoundFileError, OSError) as error:
        raise DataError(
            f"{path} cannot be read as sound ({_reason(error)}).",
            "a WAV or FLAC file that is whole",
            "play it: if that fails too, record or copy it again",
        ) from error


def library(name: str) -> Any:
    """One of the libraries that sound needs.

    Args:
        name: ``"soundfile"``, ``"soxr"`` or ``"jiwer"``.

    Raises:
        OptionError: If it is not installed.
    """
    return libraries.library(name, package=name, use="speech", extra="speech")


def _is_torn(info: str) -> bool:
    """Whether a WAV file holds fewer bytes of sound than its head says, as libsndfile tells."""
    found = re.search(r"^data : (\d+) \(should be (\d+)\)", info, re.MULTILINE)
    # What writes into a pipe does not know the size and gives the greatest there is.
    return found is not None and int(found[2]) < int(found[1]) < PIPED


def _reason(error: Exception) -> str:
    said = str(error).rpartition(": ")[2].rstrip(".")
    return said[:1].lower() + said[1:]
