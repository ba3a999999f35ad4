"""MIDI files by hand, byte by byte, and a reader that shares no line with what is tested.

After the Standard MIDI File specification 1.0 (MIDI Manufacturers Association, RP-001).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

Event = tuple[int, bytes]
"""The ticks since the event before, and the event's bytes."""


def on(wait: int, note: int, *, channel: int = 0, velocity: int = 64) -> Event:
    return wait, bytes([0x90 | channel, note, velocity])


def off(wait: int, note: int, *, channel: int = 0) -> Event:
    return wait, bytes([0x80 | channel, note, 0])


def tempo(wait: int, microseconds: int) -> Event:
    return wait, b"\xff\x51\x03" + microseconds.to_bytes(3, "big")


def midi(*tracks: Sequence[Event], division: int = 96, kind: int = 1, ended: bool = True) -> bytes:
    """The content of a file."""
    content = b"MThd" + struct.pack(">IHHH", 6, kind, len(tracks), division)
    for track in tracks:
        body = b"".join(_quantity(wait) + event for wait, event in track)
        body += b"\x00\xff\x2f\x00" if ended else b""
        content += b"MTrk" + struct.pack(">I", len(body)) + body
    return content


def one_note(note: int = 60, quarters: int = 4) -> bytes:
    """A file with a note that is struck in each of so many quarters."""
    return midi([event for _ in range(quarters) for event in (on(0, note), off(96, note))])


def _quantity(number: int) -> bytes:
    found = [number & 0x7F]
    while number := number >> 7:
        found.insert(0, 0x80 | number & 0x7F)
    return bytes(found)


class Read:
    """What is in a file, of type 0 with one track.

    Attributes:
        division: Ticks a quarter.
        microseconds: A quarter, the last that is said.
        notes: (begin, end, number) in ticks, sorted.
        end: The tick at which the track ends.
    """

    def __init__(self, content: bytes) -> None:
        assert content[:4] == b"MThd"
        size, kind, tracks, self.division = struct.unpack(">IHHH", content[4:14])
        assert (size, kind, tracks) == (6, 0, 1)
        assert content[14:18] == b"MTrk"
        (length,) = struct.unpack(">I", content[18:22])
        self._left = content[22:]
        assert len(self._left) == length
        self.microseconds, self.end, self._status = 500_000, 0, 0
        self.notes: list[tuple[int, int, int]] = []
        self._sounding: dict[int, int] = {}
        while self._left:
            self._event()
        assert not self._sounding
        self.notes.sort()

    def _byte(self) -> int:
        found, self._left = self._left[0], self._left[1:]
        return found

    def _number(self) -> int:
        found, more = 0, True
        while more:
            byte = self._byte()
            found, more = found << 7 | byte & 0x7F, byte > 0x7F
        return found

    def _event(self) -> None:
        self.end += self._number()
        if self._left[0] & 0x80:
            self._status = self._byte()
        if self._status == 0xFF:
            kind, size = self._byte(), self._number()
            data, self._left = self._left[:size], self._left[size:]
            assert kind in {0x51, 0x2F}
            if kind == 0x51:
                self.microseconds = int.from_bytes(data, "big")
            return
        note, velocity = self._byte(), self._byte()
        assert self._status in {0x80, 0x90}
        if self._status == 0x90 and velocity:
            assert note not in self._sounding
            self._sounding[note] = self.end
        else:
            self.notes.append((self._sounding.pop(note), self.end, note))
