"""What a network hears: the power of sound in bands of frequency, a hundred times a second."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from recurra.applications.speech.sound import Samples

BANDS = 40
HOP = 0.010
"""Seconds from one frame to the next."""

WINDOW = 0.025
"""Seconds that a frame sees."""

LOWEST = 60.0
"""Hz."""

EDGE = 6
"""Frames of silence that are heard before and behind every recording: it may be cut close.

So many that they are whole steps of one frame, of two or of three.
"""

FLOOR = 1e-7
"""The power that is added before the logarithm is taken; full scale is about 1."""


def hop_of(rate: int) -> int:
    """Samples from one frame to the next, at a rate."""
    return round(HOP * rate)


def powers(samples: Samples, rate: int) -> Tensor:
    """The power in 40 bands of the mel scale, at frames of 25 ms every 10 ms.

    Frame t is centred on sample t * hop, with silence before and behind the sound.

    Args:
        samples: (N,), N at least 1.
        rate: Samples a second.

    Returns:
        (T, 40) with T = 1 + N // hop, at least 0; a sine of full scale has a power of about 1.
    """
    window, filters = _window(rate), _filters(rate)
    size = 2 * (filters.shape[0] - 1)
    found = torch.stft(
        torch.from_numpy(samples),
        size,
        hop_of(rate),
        len(window),
        window,
        pad_mode="constant",
        return_complex=True,
    )
    # A sine of full scale is half the sum of the window in its bin.
    power = found.abs().square() * (2 / float(window.sum())) ** 2
    return power.T @ filters


def with_edges(power: Tensor) -> Tensor:
    """Power (T, 40) with silence before it and behind, (T + 12, 40)."""
    edge = power.new_zeros(EDGE, power.shape[1])
    return torch.cat([edge, power, edge])


@dataclass(frozen=True)
class Scale:
    """The usual level of each band, learned once and the same for all recordings.

    Attributes:
        mean: Of the logarithm of power, (40,).
        deviation: Likewise, (40,), above 0.
    """

    mean: Tensor
    deviation: Tensor

    @classmethod
    def of(cls, recordings: list[Tensor]) -> Scale:
        """From the powers of recordings, (T_i, 40) each."""
        logs = torch.cat([logarithm(one) for one in recordings])
        return cls(logs.mean(0), logs.std(0, correction=0).clamp(min=0.1))

    def shown(self, power: Tensor) -> Tensor:
        """What a network sees of power, (..., T, 40) likewise."""
        return (logarithm(power) - self.mean) / self.deviation


def logarithm(power: Tensor) -> Tensor:
    """Of power, with a floor: what is below it is as silence."""
    return (power + FLOOR).log()


@cache
def _window(rate: int) -> Tensor:
    return torch.hann_window(round(WINDOW * rate))


@cache
def _filters(rate: int) -> Tensor:
    """Triangles on the mel scale (O'Shaughnessy 1987: 2595 log10(1 + f / 700)), (F, 40)."""
    # Twice as many bins as the window has samples at least, so that no band falls between two.
    size = 2 ** (2 * round(WINDOW * rate) - 1).bit_length()
    bins = torch.linspace(0, rate / 2, size // 2 + 1)
    edges = torch.linspace(_mel(LOWEST), _mel(0.95 * rate / 2), BANDS + 2)
    hertz = 700 * (10 ** (edges / 2595) - 1)
    left, middle, right = hertz[:-2], hertz[1:-1], hertz[2:]
    rising = (bins.unsqueeze(1) - left) / (middle - left)
    falling = (right - bins.unsqueeze(1)) / (right - middle)
    return torch.minimum(rising, falling).clamp(min=0)


def _mel(hertz: float) -> float:
    return float(2595 * torch.log10(torch.tensor(1 + hertz / 700)))
