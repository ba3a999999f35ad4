"""The tables of all jobs of a run, made once for a shape and completed with addresses each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from struct import Struct
from typing import Any

import numpy as np

from recurra.kernels.cpu import script
from recurra.kernels.cpu.library import Library
from recurra.kernels.cpu.memory import Place
from recurra.kernels.cpu.script import NOTHING, TABLES
from recurra.kernels.cpu.threads import header, parallel

_ON_STACK = 4096
"""The entries of tables that are completed on a thread's stack, at most; it may be a small one."""

_ENTRY = 8
"""The bytes of an entry."""


class Tables:
    """Tables under construction.

    Args:
        library: The code that all cells share.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.homes: list[int] = []
        self.offsets: list[int] = []
        self.phases: list[tuple[int, list[tuple[int, int]]]] = []

    def phase(self, mode: int = script.TOGETHER) -> None:
        """Begins a phase, before which all threads meet."""
        self.phases.append((mode, []))

    def add(
        self, address: int, places: Mapping[Any, int], values: Mapping[Any, int | Place]
    ) -> None:
        """Adds a job to the phase.

        Args:
            address: Of its code.
            places: Where each argument lies in its table.
            values: The arguments.
        """
        self.phases[-1][1].append((address, len(self.homes) * _ENTRY))
        start = len(self.homes)
        self.homes += [NOTHING] * len(places)
        self.offsets += [0] * len(places)
        for key, value in values.items():
            place = start + places[key]
            if isinstance(value, Place):
                self.homes[place], self.offsets[place] = value.base, value.offset
            else:
                self.offsets[place] = value

    def job(self, name: str, keys: Sequence[Any], values: Mapping[Any, int | Place]) -> None:
        """Adds a job of the library."""
        places = {key: place for place, key in enumerate(keys)}
        self.add(self.library.addresses[name], places, values)

    def finished(self, number: int) -> Prepared:
        """All tables and the script, for so many threads."""
        begin = len(self.homes)
        phases = [phase for phase in self.phases if phase[1]]
        entries = [(NOTHING, value) for value in header(len(phases))]
        for mode, jobs in phases:
            entries += [(NOTHING, mode), (NOTHING, len(jobs))]
            for address, table in jobs:
                entries += [(NOTHING, address), (TABLES, table)]
        homes, offsets = zip(*entries, strict=True)
        return Prepared(
            self.library,
            np.array([*self.homes, *homes], np.int64),
            np.array([*self.offsets, *offsets], np.int64),
            begin * _ENTRY,
            number,
        )


class Prepared:
    """Tables that lack addresses alone.

    Args:
        library: The code that all cells share.
        homes: For each entry the piece of memory whose address is added to it.
        offsets: What it is added to.
        script: How many bytes from the first table the script lies.
        threads: How many threads run it.
    """

    def __init__(
        self, library: Library, homes: Any, offsets: Any, script: int, threads: int
    ) -> None:
        self.homes, self.offsets = homes, offsets
        self.script, self.threads = script, threads
        self._launch = library.launch
        values = (len(homes), homes.ctypes.data, offsets.ctypes.data, script, threads)
        self._told = np.array([*values, parallel()], np.int64)
        self._address = self._told.ctypes.data
        self._pieces = 1 + int(homes.max(initial=TABLES))
        self._packed = Struct(f"{self._pieces}q").pack

    def run(self, addresses: Sequence[int]) -> None:
        """Runs the jobs.

        Args:
            addresses: Of each piece of memory; what stands for the tables' own is not read.
        """
        place = np.empty(len(self.homes), np.int64) if len(self.homes) > _ON_STACK else None
        where = None if place is None else place.ctypes.data
        self._launch(self._address, self._packed(*addresses[: self._pieces]), where)

    def fill(self, addresses: Sequence[int], table: Any) -> None:
        """Writes the completed tables and their script where they are to stay.

        Args:
            addresses: Of each piece of memory; what stands for the tables' own is not read.
            table: Room for all entries.
        """
        known = np.array(addresses, np.int64)
        known[TABLES] = table.ctypes.data
        np.add(known[self.homes], self.offsets, out=table)
