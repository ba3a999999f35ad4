"""From recordings to what can be learned from or answered: which are sound, and at what rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from torch import Tensor

from recurra.applications.speech.sound import Sound, rate_of, read_sound
from recurra.applications.speech.spectrum import powers
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
    """The places of recordings that can be read, and a note on the others.

    Raises:
        DataError: If none can, of a single one what is wrong with it.
        OptionError: If soundfile is missing.
    """
    good: list[int] = []
    wrong: list[DataError] = []
    for place, path in enumerate(paths):
        try:
            read_sound(path)
        except DataError as error:
            wrong.append(error)
        else:
            good.append(place)
    if not good:
        raise wrong[0]
    return good, _broken(len(paths), [one.given for one in wrong])


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
    broken: list[str] = []
    silent: list[int] = []
    kinds: Counter[tuple[int, int]] = Counter()
    for place, source in enumerate(sources):
        try:
            sound = opened(source)
        except DataError as error:
            broken.append(error.given)
            continue
        kinds[sound.rate, sound.channels] += 1
        if sound.silent:
            silent.append(place)
            continue
        places.append(place)
        found.append(powers(sound.at(rate).samples, rate))
    notes = (*_kinds(kinds, rate), *_left(len(sources), broken, silent, sources))
    if not found:
        raise DataError(
            f"{len(sources):,} recordings, none in which anything can be heard",
            "recordings of speech",
            (broken or ["all of them are silent: look at the microphone"])[0],
        )
    return Heard(found, places, notes)


def _kinds(kinds: Counter[tuple[int, int]], rate: int) -> list[str]:
    rates: Counter[int] = Counter()
    for (one, _), count in kinds.items():
        rates[one] += count
    notes = []
    if set(rates) - {rate}:
        shown = ", ".join(f"{n:,} of {one:,}" for one, n in sorted(rates.items()))
        notes.append(f"samples a second: {shown}; all are heard at {rate:,}")
    if several := sum(count for (_, channels), count in kinds.items() if channels > 1):
        notes.append(
            f"{several:,} recording{' has' if several == 1 else 's have'} several channels: their "
            "mean is taken"
        )
    return notes


def _left(
    count: int, broken: Sequence[str], silent: Sequence[int], sources: Sequence[Source]
) -> list[str]:
    notes = _broken(count, broken)
    if silent:
        first = sources[silent[0]]
        named = "" if isinstance(first, Sound) else f", {str(first)!r} for one"
        notes.append(f"{len(silent):,} of {count:,} recordings are silent{named}: left out")
    return notes


def _broken(count: int, wrong: Sequence[str]) -> list[str]:
    if not wrong:
        return []
    return [f"{len(wrong):,} of {count:,} recordings cannot be read: left out. {wrong[0]}"]
