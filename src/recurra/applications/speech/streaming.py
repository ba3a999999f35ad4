"""Sound that comes in as it is spoken, written down as it becomes known."""

from __future__ import annotations

from typing import Any

import numpy as np

from recurra.applications.speech.alphabet import BLANK, SPACE, Alphabet
from recurra.applications.speech.learning import answers
from recurra.applications.speech.network import Network
from recurra.applications.speech.sound import QUIET, Samples, library, sound_of
from recurra.applications.speech.spectrum import EDGE, HOP, Scale, hop_of, powers
from recurra.options import whole

BEHIND = 2.0
"""Seconds that are read again before what is written."""

PIECE = 0.4
"""Seconds that are written at a time, at most."""

AHEAD = 0.8
"""Seconds that must have been heard behind them: the network reads both ways."""


class SpeechStream:
    """Writes down sound while it comes in, however it is cut.

    The network reads both ways, so what is written is 0.8 to 1.2 s behind what is said: of each
    piece of 0.2 to 0.4 s, cut between letters, it hears 2 s before it and at least 0.8 s behind it.
    What a recording of up to 1.2 s says
    is what ``predict`` says of it; in a longer one letters may differ where more than that is
    needed to tell them. :meth:`recurra.applications.speech.SpeechRecogniser.stream` makes it.

    Args:
        network: What hears.
        scale: The usual level of each band.
        alphabet: The letters.
        rate: Samples a second at which it hears.
        given: Samples a second of the sound that comes in, at least 1,000.

    Raises:
        OptionError: If the rate is out of range, or soxr is missing.
    """

    def __init__(
        self, network: Network, scale: Scale, alphabet: Alphabet, rate: int, given: int
    ) -> None:
        self._network, self._scale, self._alphabet, self._rate = network, scale, alphabet, rate
        self._given = whole("rate", given, 1000)
        self._resampler: Any = None
        if given != rate:
            self._resampler = library("soxr").ResampleStream(given, rate, 1, dtype="float32")
        seconds = HOP * network.stack
        self._behind, self._piece, self._ahead = (
            round(one / seconds) for one in (BEHIND, PIECE, AHEAD)
        )
        self._edge = EDGE // network.stack
        self._step = hop_of(rate) * network.stack
        self._samples: Samples = np.zeros(0, dtype=np.float32)
        self._first = 0
        self._written = 0
        self._last = BLANK
        self._begun = self._space = False

    @property
    def delay(self) -> tuple[float, float]:
        """How many seconds what is written is behind what is said, at least and at most."""
        seconds = self._step / self._rate
        return self._ahead * seconds, (self._ahead + self._piece) * seconds

    def feed(self, samples: Any) -> str:
        """Takes sound, and gives what is newly known of the text: perhaps nothing.

        Args:
            samples: (N,), full scale from -1 to 1, or whole numbers of 16 bits; N at least 0.

        Raises:
            DataError: If they are no sound.
        """
        self._take(samples, last=False)
        said = ""
        while self._heard >= self._written + self._piece + self._ahead:
            said += self._write(self._piece)
        return said

    def close(self) -> str:
        """Ends the sound, and gives what is left of the text."""
        self._take(np.zeros(0, dtype=np.float32), last=True)
        if not len(self._samples):
            return ""
        return self._write(None)

    @property
    def _heard(self) -> int:
        """Whole steps that have come in."""
        return self._first + len(self._samples) // self._step

    def _take(self, samples: Any, *, last: bool) -> None:
        found = sound_of(samples, self._given).samples
        if self._resampler is not None:
            found = self._resampler.resample_chunk(found, last=last)
        self._samples = np.concatenate([self._samples, found])

    def _write(self, steps: int | None) -> str:
        """The text of up to so many steps, or of all that are left, heard with what is around."""
        begin, written, first = max(0, self._written - self._behind), self._written, self._first
        until = None if steps is None else (written + steps + self._ahead - first) * self._step
        letters = self._letters(self._samples[(begin - first) * self._step : until])
        here = self._edge + written - begin
        # The silence before the first step and behind the last may tell letters too.
        place = here if written else 0
        if written:
            self._space_before(letters[:here])
        if steps is None:
            return self._text(letters[place:])
        taken = _pause(letters[here : here + steps])
        self._written += taken
        self._forget()
        return self._text(letters[place : here + taken])

    def _letters(self, window: Samples) -> list[int]:
        """The likeliest letter, or none, of each step of a window and of the silence around it."""
        power = powers(np.ascontiguousarray(window), self._rate)
        (found,) = answers(self._network, self._scale, [power])
        is_silent = np.abs(window).max() < QUIET
        return [BLANK] * len(found) if is_silent else found.argmax(1).tolist()

    def _space_before(self, letters: list[int]) -> None:
        """Words are apart if the new window has a space at last before what it is to tell.

        Where in a pause the space is told means nothing: the window before may have told it behind
        its end.
        """
        last = next((one for one in reversed(letters) if one != BLANK), BLANK)
        if last != BLANK and self._alphabet.letters[last - 1] == SPACE:
            self._space = self._begun

    def _forget(self) -> None:
        """Puts away what will not be read again."""
        gone = max(0, self._written - self._behind) - self._first
        if gone > 0:
            self._samples = self._samples[gone * self._step :]
            self._first += gone

    def _text(self, numbers: list[int]) -> str:
        """The letters of an alignment that goes on from the last; spaces before a word only."""
        said = ""
        for number in numbers:
            if number not in {BLANK, self._last}:
                letter = self._alphabet.letters[number - 1]
                if letter == SPACE:
                    self._space = self._begun
                else:
                    said += (SPACE if self._space else "") + letter
                    self._begun, self._space = True, False
            self._last = number
        return said


def _pause(letters: list[int]) -> int:
    """Where a piece is best cut: amid the longest stretch without a letter in its second half.

    The next window may tell a letter a little sooner or later; there it is neither lost nor told
    twice.

    Args:
        letters: The likeliest letter, or none, of each step of the piece.

    Returns:
        How many steps come before the cut; all, if there is no such stretch.
    """
    half = len(letters) // 2
    best, run = (0, len(letters)), 0
    for place, letter in enumerate(letters[half:], start=half + 1):
        run = run + 1 if letter == BLANK else 0
        best = max(best, (run, place - run // 2), key=lambda found: found[0])
    return best[1]
