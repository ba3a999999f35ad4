"""Power in bands of frequency, held against a transform written out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from made_speech import tone

from recurra.applications.speech.spectrum import BANDS, EDGE, Scale, powers, with_edges


def by_hand(samples: np.ndarray, rate: int, centre: int) -> np.ndarray:
    """The power of one frame in the bands, from their definitions."""
    width, size = round(0.025 * rate), 512 if rate == 8000 else 1024
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(width) / width)
    begin = centre - width // 2
    frame = np.array(
        [samples[n] if 0 <= n < len(samples) else 0 for n in range(begin, begin + width)]
    )
    power = np.abs(np.fft.rfft(frame * window, size)) ** 2 * (2 / window.sum()) ** 2
    hertz = np.arange(size // 2 + 1) * rate / size
    mel = 2595 * np.log10(1 + np.array([60.0, 0.95 * rate / 2]) / 700)
    edges = 700 * (10 ** (np.linspace(*mel, BANDS + 2) / 2595) - 1)
    bands = []
    for left, middle, right in zip(edges, edges[1:], edges[2:], strict=False):
        up, down = (hertz - left) / (middle - left), (right - hertz) / (right - middle)
        bands.append((np.clip(np.minimum(up, down), 0, None) * power).sum())
    return np.array(bands)


@pytest.mark.parametrize("rate", [8000, 16_000])
def test_each_frame_is_what_its_definition_gives(rate: int) -> None:
    samples = np.random.default_rng(0).standard_normal(rate // 4).astype(np.float32)
    found = powers(samples, rate)
    assert found.shape == (26, BANDS)
    for frame in (0, 1, 13, 25):
        expected = by_hand(samples, rate, frame * rate // 100)
        assert np.allclose(found[frame].numpy(), expected, rtol=2e-3, atol=1e-5)


@given(st.integers(1, 3000))
def test_there_is_a_frame_every_ten_milliseconds(count: int) -> None:
    assert powers(np.ones(count, dtype=np.float32), 8000).shape == (1 + count // 80, BANDS)


def test_a_higher_tone_is_in_a_higher_band() -> None:
    strongest = [
        int(powers(tone(hertz, 0.2, 8000), 8000)[10].argmax()) for hertz in (100, 400, 1000, 3000)
    ]
    assert strongest == sorted(set(strongest))


def test_the_scale_brings_every_band_to_mean_0_and_deviation_1() -> None:
    sounds = [powers(tone(f, 0.3, 8000) + tone(3 * f, 0.3, 8000), 8000) for f in (200, 300, 700)]
    scale = Scale.of(sounds)
    shown = torch.cat([scale.shown(one) for one in sounds])
    assert torch.allclose(shown.mean(0), torch.zeros(BANDS), atol=1e-4)
    # A band that hardly changes is not blown up.
    assert (shown.std(0, correction=0) <= 1 + 1e-4).all()


def test_silence_is_heard_around_a_recording() -> None:
    power = torch.ones(3, BANDS)
    around = with_edges(power)
    assert torch.equal(around[EDGE:-EDGE], power)
    assert around.sum() == power.sum()
    assert len(around) == 3 + 2 * EDGE
