"""From recordings to what can be learned from or answered: which are sound, and at what rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from torch import Tensor

from recurra.applications.speech.sound import Sound, rate_of, read_sound
from recurra.applications.speech.spectrum import powers
from recurra.applications.speech.tally import Tally
from recurra.errors import DataError

Source: TypeAlias = Sound | str | Path
"""A recording, or the path of one."""


@dataclass(frozen=True)
class Heard:
    """What became of recordings.

    Attributes:
        powers: In bands of frequency, (T_i, 40) each, of those that could be heard.
        places: Which those are, as places among all.
        notes: What was found and left out.
    """

    powers: list[Tensor]
    places: list[int]
    notes: tuple[str, ...]


def opened(source: Source) -> Sound:
    """The recording itself.

    Raises:
        DataError: If it cannot be read.
        OptionError: If a library is missing.
    """
    return source if isinstance(source, Sound) else read_sound(source)


def power_of(source: Source, rate: int) -> Tensor:
    """The power of a recording in bands of frequency, (T, 40).

    Args:
        source: The recording.
        rate: At which it is heard.

    Raises:
        DataError: If it cannot be read.
        OptionError: If a library is missing.
    """
    return powers(opened(source).at(rate).samples, rate)


def rates_of(sources: Sequence[Source]) -> list[int]:
    """Samples a second of each recording that can be read.

    Raises:
        OptionError: If soundfile is missing.
    """
    found = []
    for one in sources:
        try:
            found.append(one.rate if isinstance(one, Sound) else rate_of(one))
        except DataError:
            # Of which a word is said when all are heard.
            continue
    return found


def readable(paths: Sequence[Path]) -> tuple[list[int], list[str]]:
    """The places of recordings that can be read, and what is wrong with others.

    Raises:
        DataError: If none can: what is wrong with the first.
        OptionError: If soundfile is missing.
    """
    good: list[int] = []
    wrong: list[DataError] = []
    tally = Tally()
    for place, path in enumerate(paths):
        try:
            tally.take(read_sound(path), str(path))
            good.append(place)
        except DataError as error:
            wrong.append(error)
            tally.broken.append(error.given)
    if not good:
        raise wrong[0]
    return good, tally.faults


def hear(sources: Sequence[Source], rate: int) -> Heard:
    """Reads recordings one after the other; what cannot be read or is silent is left out.

    Args:
        sources: N of them.
        rate: At which they are heard.

    Raises:
        DataError: If none is left.
        OptionError: If a library is missing.
    """
    found: list[Tensor] = []
    places: list[int] = []
    tally = Tally()
    for place, source in enumerate(sources):
        try:
            sound = opened(source)
        except DataError as error:
            tally.broken.append(error.given)
            continue
        tally.take(sound, f"number {place:,}" if isinstance(source, Sound) else str(source))
        if not sound.silent:
            places.append(place)
            found.append(powers(sound.at(rate).samples, rate))
    if not found:
        raise DataError(
            f"{len(sources):,} recordings, none in which anything can be heard",
            "recordings of speech",
            (tally.broken or ["all of them are silent: look at the microphone"])[0],
        )
    return Heard(found, places, (*tally.kinds(rate), *tally.faults, *tally.unheard))
