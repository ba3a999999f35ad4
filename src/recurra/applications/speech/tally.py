"""What there is to say of recordings once all were opened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from recurra.applications.speech.sound import Sound


@dataclass
class Tally:
    """Recordings counted by what they are.

    Attributes:
        broken: What is wrong with each that cannot be read.
        silent: The name of each that is silent.
        torn: The name of each that ends before its head says.
        rates: How many there are of so many samples a second.
        several: How many have several channels.
    """

    broken: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    rates: Counter[int] = field(default_factory=Counter)
    several: int = 0

    def take(self, sound: Sound, name: str) -> None:
        """Counts a recording that could be read."""
        self.rates[sound.rate] += 1
        self.several += sound.channels > 1
        if sound.torn:
            self.torn.append(name)
        if sound.silent:
            self.silent.append(name)

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.broken) + self.rates.total()

    def kinds(self, rate: int) -> list[str]:
        """Of what kinds they are, where they are not all alike.

        Args:
            rate: Samples a second at which they are heard.
        """
        notes = []
        if set(self.rates) - {rate}:
            shown = ", ".join(f"{n:,} of {one:,}" for one, n in sorted(self.rates.items()))
            notes.append(f"samples a second: {shown}; all are heard at {rate:,}")
        if self.several:
            has = "has" if self.several == 1 else "have"
            notes.append(
                f"{self.several:,} of {self.count:,} recordings {has} several channels: "
                "their mean is taken"
            )
        return notes

    @property
    def faults(self) -> list[str]:
        """What is wrong with some."""
        said = (
            (self.broken, "cannot be read: left out"),
            (self.torn, "end before their heads say, as if cut off: read as far as they go"),
        )
        return [
            f"{len(some):,} of {self.count:,} recordings {what}. {some[0]}"
            for some, what in said
            if some
        ]

    @property
    def unheard(self) -> list[str]:
        """Which are silent."""
        if not self.silent:
            return []
        return [
            f"{len(self.silent):,} of {self.count:,} recordings are silent: left out. "
            f"{self.silent[0]}"
        ]
