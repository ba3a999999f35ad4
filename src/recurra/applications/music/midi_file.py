"""MIDI files: what is played in one, and one of what is to be played."""

from __future__ import annotations

import io
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import Tensor

from recurra.applications.music.roll import KEYS, LOWEST, Grid, held
from recurra.errors import DataError
from recurra.libraries import library

TICKS = 480
"""Ticks a quarter of the files that are written; a multiple of every grid's steps."""

DRUMS = 9
"""The channel of percussion, counted from 0 (General MIDI)."""

VELOCITY = 80
MICROSECONDS = 60_000_000
SLOWEST, FASTEST = 1, 10_000
"""Quarters a minute that are believed."""

DRUM, OUTSIDE, UNENDED, NEVER_BEGUN, EMPTY = (
    "notes of drums: left out",
    "notes are outside of a piano's 88 keys: left out",
    "notes have no end: they end with their track, or where the key is struck again",
    "ends of notes that never began: left out",
    "notes of no length: each made as long as a step",
)
"""What is repaired or left out, by which it is counted."""


class Note(NamedTuple):
    """A note; ``begin`` and ``end`` in quarters, ``key`` from 0, which is A0, to 87."""

    begin: float
    end: float
    key: int


@dataclass(frozen=True)
class Tune:
    """What is played in a file.

    Attributes:
        notes: Sorted.
        tempo: Quarters a minute, over the whole file.
        tempos: How many different tempos it has.
        repairs: What was repaired or left out, and how often.
    """

    notes: list[Note]
    tempo: float
    tempos: int
    repairs: Counter[str]


def read_midi(content: bytes) -> Tune:
    """Reads the content of a MIDI file, of type 0 or 1.

    Times are counted in quarters, so that changes of tempo are followed.

    Raises:
        DataError: If it is empty, broken, or does not count time in quarters.
        OptionError: If mido is not installed.
    """
    file = _opened(content)
    repairs: Counter[str] = Counter()
    notes = [note for track in file.tracks for note in _notes(track, repairs)]
    quarter = file.ticks_per_beat
    end = max((note.end for note in notes), default=0)
    tempo, tempos = _tempo(file, end)
    found = sorted(Note(note.begin / quarter, note.end / quarter, note.key) for note in notes)
    return Tune(found, tempo, tempos, repairs)


def to_midi(roll: Tensor, grid: Grid) -> bytes:
    """The content of a MIDI file, type 0, that plays a roll (T, 88) on a piano.

    Raises:
        OptionError: If mido is not installed.
    """
    mido = _mido()
    step = TICKS // grid.steps
    tempo = min(2**24 - 1, max(1, round(MICROSECONDS / grid.tempo)))
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=tempo)])
    # Ends before beginnings, so that a key that is struck again is let go first.
    events = sorted(
        event
        for begin, end, key in held(roll)
        for event in ((begin * step, True, key), (end * step, False, key))
    )
    now = 0
    for time, begins, key in events:
        kind, velocity = ("note_on", VELOCITY) if begins else ("note_off", 0)
        track.append(mido.Message(kind, note=key + LOWEST, velocity=velocity, time=time - now))
        now = time
    track.append(mido.MetaMessage("end_of_track", time=len(roll) * step - now))
    file, content = mido.MidiFile(type=0, ticks_per_beat=TICKS), io.BytesIO()
    file.tracks.append(track)
    file.save(file=content)
    return content.getvalue()


def _mido() -> Any:
    return library("mido", package="mido", use="MIDI files", extra="music")


def _opened(content: bytes) -> Any:
    if not content.strip(b"\0"):
        raise DataError("an empty file", _WHOLE)
    mido = _mido()
    try:
        file = mido.MidiFile(file=io.BytesIO(content))
    except (OSError, EOFError, ValueError, LookupError, TypeError, mido.KeySignatureError) as error:
        raise DataError(
            f"a file that is no sound MIDI ({error or 'it ends too early'})", _WHOLE
        ) from error
    if file.type == 2:
        raise DataError("a MIDI of type 2, whose tracks do not belong together", _WHOLE)
    if not 0 < file.ticks_per_beat < 2**15:
        raise DataError("a MIDI that counts time in frames of film, not in quarters", _WHOLE)
    return file


_WHOLE = "a whole MIDI file, of type 0 or 1, that counts time in quarters"


def _notes(track: Any, repairs: Counter[str]) -> Iterator[Note]:
    """The notes of a track that are on a piano's keys, times in ticks."""
    sounding: dict[tuple[int, int], int] = {}
    now = 0
    for message in track:
        now += message.time
        if message.type not in {"note_on", "note_off"}:
            continue
        place = message.channel, message.note
        begins = message.type == "note_on" and message.velocity > 0
        if message.channel == DRUMS:
            repairs[DRUM] += begins
        elif not 0 <= message.note - LOWEST < KEYS:
            repairs[OUTSIDE] += begins
        else:
            if place in sounding:
                repairs[UNENDED] += begins
                yield _note(sounding.pop(place), now, message.note, repairs)
            elif not begins:
                repairs[NEVER_BEGUN] += 1
            if begins:
                sounding[place] = now
    repairs[UNENDED] += len(sounding)
    for (_, number), begin in sounding.items():
        yield _note(begin, now, number, repairs)


def _note(begin: int, end: int, number: int, repairs: Counter[str]) -> Note:
    repairs[EMPTY] += end <= begin
    return Note(begin, end, number - LOWEST)


def _tempo(file: Any, end: float) -> tuple[float, int]:
    """Quarters a minute over a file that lasts so many ticks, and how many tempos it has."""
    changes = sorted(_changes(file))
    reached = [0, *(time for time, _ in changes), end]
    tempos = [500_000, *(tempo for _, tempo in changes)]
    lasting = [max(0, min(b, end) - a) for a, b in itertools.pairwise(reached)]
    micro = sum(ticks * tempo for ticks, tempo in zip(lasting, tempos, strict=True))
    heard = {tempo for ticks, tempo in zip(lasting, tempos, strict=True) if ticks}
    mean = MICROSECONDS * end / micro if micro else MICROSECONDS / tempos[-1]
    return min(FASTEST, max(SLOWEST, mean)), len(heard)


def _changes(file: Any) -> Iterator[tuple[int, int]]:
    """When a tempo begins, in ticks, and what it is, in microseconds a quarter."""
    for track in file.tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == "set_tempo" and message.tempo:
                yield now, message.tempo
