"""What is learned from: recordings that can be heard, with texts that have room in them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from recurra.applications.folds import folds
from recurra.applications.speech.alphabet import Alphabet, plain, steps_for
from recurra.applications.speech.hearing import Source, hear, rates_of
from recurra.applications.speech.rules import FEWEST, MOST, PARTS, Amount, rate_for
from recurra.applications.speech.spectrum import HOP
from recurra.applications.speech.variation import Spoken
from recurra.errors import DataError


@dataclass(frozen=True)
class Material:
    """Recordings and their texts.

    Attributes:
        powers: In bands of frequency, (T_i, 40) each, N of them.
        texts: Of each, as it is spoken; none blank.
        places: Where each stood in what was given.
        rate: Samples a second at which they are heard.
        notes: What was found, left out or repaired.
    """

    powers: list[torch.Tensor]
    texts: list[str]
    places: list[int]
    rate: int
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def amount(self) -> Amount:
        """How much it is."""
        pairs = zip(self.powers, self.texts, strict=True)
        room = [len(power) / steps_for(text) for power, text in pairs]
        words = sum(len(text.split()) for text in self.texts)
        return Amount(len(self), words / max(1, len(self)), room)

    def some(self, places: Sequence[int]) -> Material:
        """Some of them."""
        return Material(
            [self.powers[place] for place in places],
            [self.texts[place] for place in places],
            [self.places[place] for place in places],
            self.rate,
            (),
        )

    def spoken(self, alphabet: Alphabet, stack: int) -> list[Spoken]:
        """As a network learns from them, ``stack`` frames a step."""
        return [
            Spoken(power, alphabet.numbers(text), stack * steps_for(text))
            for power, text in zip(self.powers, self.texts, strict=True)
        ]

    def digests(self) -> list[str]:
        """Of each recording, so that another is told apart."""
        return [hashlib.blake2b(one.numpy().tobytes()).hexdigest() for one in self.powers]


def gather(
    sources: Sequence[Source], texts: Sequence[str], what: str, rate: int | None = None
) -> Material:
    """Hears recordings and makes their texts plain; those without either are left out.

    Args:
        sources: N of them.
        texts: Of each.
        what: What they are called in a note or an error, as ``"recordings"``.
        rate: At which they are heard; None for a rate by those of the recordings.

    Raises:
        DataError: If they do not pair up, or nothing is left.
        OptionError: If a library is missing.
    """
    said = _checked(sources, texts, what)
    kept = [place for place, text in enumerate(said) if text]
    if not kept:
        raise DataError(
            f"{len(said):,} {what}, none with a text of letters or digits", "texts of what is said"
        )
    some = [sources[place] for place in kept]
    rate = rate or rate_for(rates_of(some) or [0])
    heard = hear(some, rate)
    notes = list(heard.notes)
    if blank := len(said) - len(kept):
        notes.append(f"{blank:,} of {len(said):,} texts of the {what} are blank: left out")
    if changed := sum(own != given for own, given in zip(said, texts, strict=True)):
        notes.append(
            f"{changed:,} of {len(said):,} texts have capitals or marks: they are read, and "
            "written, in small letters without marks"
        )
    places = [kept[place] for place in heard.places]
    return Material(heard.powers, [said[n] for n in places], places, rate, tuple(notes))


def with_room(material: Material, stack: int) -> Material:
    """Without recordings that are too short for their texts.

    A text needs a step for each letter, and one more between two that are equal.

    Args:
        material: All.
        stack: Frames a step.

    Raises:
        DataError: If none is left.
    """
    pairs = list(zip(material.powers, material.texts, strict=True))
    has_room = [len(power) >= stack * steps_for(text) for power, text in pairs]
    if all(has_room):
        return material
    kept = [place for place, fits in enumerate(has_room) if fits]
    power, text = pairs[has_room.index(False)]
    said = (
        f"{len(pairs) - len(kept):,} of {len(pairs):,} recordings are too short for their texts, "
        f"as one of {HOP * len(power):.2f} s for {text[:40]!r}: left out (a letter needs {stack} "
        "hundredths of a second, and as many more where it is doubled)"
    )
    if not kept:
        raise DataError(said, "recordings in which their texts are spoken", "look at the pairs")
    return replace(material.some(kept), notes=(*material.notes, said))


def parted(material: Material, seed: int) -> tuple[Material, Material]:
    """What is learned from, and a tenth that is held out, at most 1,000.

    The same recording is never in both; texts that are said more than once are in both alike.
    """
    if len(material) < FEWEST:
        return material, material.some([])
    counted = Counter(material.texts)
    numbers = {text: n for n, (text, count) in enumerate(counted.items(), 1) if count > 1}
    classes = [numbers.get(text, 0) for text in material.texts]
    parts = folds(material.digests(), classes, PARTS, seed)
    out = (parts == 0).nonzero().flatten().tolist()[:MOST]
    held = set(out)
    return material.some([n for n in range(len(material)) if n not in held]), material.some(out)


def _checked(sources: Sequence[Source], texts: Sequence[str], what: str) -> list[str]:
    if isinstance(texts, str) or len(sources) != len(texts):
        raise DataError(
            f"{len(sources):,} {what} and {len(texts):,} texts", "a text for each recording"
        )
    strange = [text for text in texts if not isinstance(text, str)]
    if strange:
        raise DataError(f"{strange[0]!r} among the texts of the {what}", "texts")
    return [plain(text) for text in texts]
