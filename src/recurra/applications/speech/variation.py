"""How recordings are varied in training, in pace, voice, level and noise, and joined to strings.

All of it works on the power in bands, which adds up as sounds do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.applications.speech.spectrum import logarithm, with_edges

PACE = 0.2
"""How much faster or slower speech becomes, at most."""

VOICE = 0.06
"""The part of all bands by which a voice is moved up or down, at most."""

LEVEL = 1.15
"""By how much the logarithm of power is moved, at most: 5 dB."""

SILENCE = 30
"""Frames of silence put before, between and behind recordings, at most."""

NOISE = (1e-7, 1e-4)
"""The power of noise that is added in a band, of the greatest that a recording has there."""

SOUNDING = 0.3
"""Where between the quiet of a recording and its loudest, in logarithms, sound begins."""

TOGETHER = (2, 5)
"""Recordings of which a longer one is made, at least and at most."""

TIME_MASK, BAND_MASK = 5, 6
"""Frames and bands of a stretch that is hidden, at most."""


@dataclass(frozen=True)
class Spoken:
    """A recording and what is said in it.

    Attributes:
        power: (T, 40).
        letters: (U,), int64.
        needed: Frames that it must keep, so that the letters have room.
    """

    power: Tensor
    letters: Tensor
    needed: int


def uniform(low: float, high: float) -> float:
    """A number between two, by torch's chance."""
    return low + (high - low) * float(torch.rand(()))


def varied(spoken: Spoken) -> Tensor:
    """A recording at another pace, by another voice, at another level, (T', 40)."""
    frames = max(spoken.needed, round(len(spoken.power) * uniform(1 - PACE, 1 + PACE)))
    slower = drawn_out(spoken.power, frames)
    bands = slower.shape[1]
    moved = uniform(-VOICE, VOICE) * bands
    places = torch.arange(bands) + moved
    other = _between(slower.T, places.clamp(0, bands - 1)).T
    return other * float(torch.tensor(uniform(-LEVEL, LEVEL)).exp())


def cropped(power: Tensor) -> Tensor:
    """Without a part, drawn by chance, of the quiet before the first sound and behind the last.

    A network that finds the same quiet before every recording may tell its first letter there,
    whatever is spoken.

    Args:
        power: (T, 40).
    """
    loud = logarithm(power).mean(1)
    quiet = float(loud.quantile(0.1))
    sounding = (loud >= quiet + SOUNDING * (float(loud.max()) - quiet)).nonzero().flatten()
    first, last = int(sounding[0]), int(sounding[-1])
    left, right = (float(torch.rand(())) ** 2 for _ in range(2))
    return power[first - round(first * left) : last + 1 + round((len(power) - last - 1) * right)]


def strings(spoken: Sequence[Spoken], space: Tensor) -> list[tuple[list[int], Tensor]]:
    """Deals recordings out to strings of two to five.

    Args:
        spoken: B of them.
        space: The letters between two texts, (1,), or none.

    Returns:
        Of each string which recordings, and its letters.
    """
    order = torch.randperm(len(spoken)).tolist()
    found = []
    while order:
        count = int(torch.randint(TOGETHER[0], TOGETHER[1] + 1, ()))
        some, order = order[:count], order[count:]
        parts = [part for place in some for part in (space, spoken[place].letters)]
        found.append((some, torch.cat(parts[1:])))
    return found


def with_silence(parts: Sequence[Tensor]) -> Tensor:
    """Recordings one behind the other, silence around all of them and perhaps around each."""
    rows = [one for part in parts for one in (_silence(part), part)]
    return with_edges(torch.cat([*rows, _silence(parts[0])]))


def with_noise(power: Tensor) -> Tensor:
    """The same with noise of one level in all bands, 40 to 70 dB below the loudest."""
    least, most = NOISE
    level = float(power.max()) * least * (most / least) ** uniform(0, 1)
    # The power of noise in a band is spread as a sum of squares is.
    noise: Tensor = level * torch.empty_like(power).exponential_()
    return power + noise


def hidden(seen: Tensor) -> Tensor:
    """The same with two stretches of frames and of bands hidden: (T, 40), 0 being the mean.

    Park et al. 2019, arXiv:1904.08779, section 2, with short stretches of time.
    """
    found = seen.clone()
    for most, axis in ((TIME_MASK, 0), (BAND_MASK, 1)) * 2:
        width = int(torch.randint(0, most + 1, ()))
        begin = int(torch.randint(0, max(1, seen.shape[axis] - width), ()))
        found.narrow(axis, begin, min(width, seen.shape[axis] - begin)).zero_()
    return found


def drawn_out(power: Tensor, frames: int) -> Tensor:
    """The same in so many frames, between which lines are drawn: (T, D) to (T', D)."""
    return _between(power, torch.linspace(0, len(power) - 1, frames))


def _between(rows: Tensor, places: Tensor) -> Tensor:
    """What stands at places between rows."""
    below = places.long().clamp(max=len(rows) - 1)
    above = (below + 1).clamp(max=len(rows) - 1)
    share = (places - below).unsqueeze(1)
    return rows[below] * (1 - share) + rows[above] * share


def _silence(like: Tensor) -> Tensor:
    """None in half of the cases: recordings are often cut close."""
    frames = int(torch.randint(-SILENCE, SILENCE + 1, ()).clamp(min=0))
    return like.new_zeros(frames, like.shape[1])
