"""How recordings are varied: what must stay stays."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.applications.speech import variation
from recurra.applications.speech.learning import Joining, batch
from recurra.applications.speech.spectrum import BANDS, EDGE, Scale
from recurra.applications.speech.variation import (
    Spoken,
    cropped,
    drawn_out,
    hidden,
    strings,
    varied,
)

SCALE = Scale(torch.zeros(BANDS), torch.ones(BANDS))
seeds = st.integers(0, 10_000)


def spoken(frames: int, letters: int, needed: int = 1) -> Spoken:
    power = torch.rand(frames, BANDS)
    return Spoken(power, torch.full((letters,), letters), needed)


@given(st.integers(1, 60), st.integers(1, 70), seeds)
def test_whatever_the_pace_the_letters_have_room(frames: int, needed: int, seed: int) -> None:
    torch.manual_seed(seed)
    found = varied(spoken(frames, 2, needed))
    assert len(found) >= needed
    assert len(found) <= max(needed, round(frames * 1.2))
    assert found.shape[1] == BANDS
    assert (found >= 0).all()


@given(st.integers(1, 20), seeds)
def test_each_recording_is_in_one_string_with_its_text(count: int, seed: int) -> None:
    torch.manual_seed(seed)
    given_ = [spoken(3, number + 1) for number in range(count)]
    dealt = strings(given_, torch.tensor([99]))
    assert sorted(place for some, _ in dealt for place in some) == list(range(count))
    for some, letters in dealt:
        assert len(some) <= 5
        expected: list[int] = []
        for place in some:
            expected += [99] * bool(expected) + [place + 1] * (place + 1)
        assert letters.tolist() == expected
    # But for the last, which takes what is left, none is alone.
    assert all(len(some) >= 2 for some, _ in dealt[:-1])


@settings(max_examples=30)
@given(st.floats(0, 1), seeds)
def test_a_batch_has_room_for_all_of_its_letters(share: float, seed: int) -> None:
    torch.manual_seed(seed)
    given_ = [spoken(20, n % 3 + 1, needed=10) for n in range(7)]
    seen, texts = batch(given_, SCALE, Joining(share, torch.tensor([9])))
    assert len(seen) == len(texts)
    assert sum((one != 9).sum() for one in texts) == sum(len(one.letters) for one in given_)
    for power, letters in zip(seen, texts, strict=True):
        assert len(power) >= 10 * (1 + (letters == 9).sum()) + 2 * EDGE


def test_lines_are_drawn_between_frames() -> None:
    power = torch.tensor([[0.0], [1.0], [2.0]])
    assert drawn_out(power, 5).flatten().tolist() == [0, 0.5, 1, 1.5, 2]
    assert torch.equal(drawn_out(power, 3), power)
    assert drawn_out(power[:1], 2).flatten().tolist() == [0, 0]


def test_strange_as_it_is_a_recording_may_stay_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PACE", "VOICE", "LEVEL"):
        monkeypatch.setattr(variation, name, 0.0)
    one = spoken(9, 2)
    assert torch.allclose(varied(one), one.power, atol=1e-6)


@given(st.integers(1, 40), seeds)
def test_little_is_hidden_and_the_rest_untouched(frames: int, seed: int) -> None:
    torch.manual_seed(seed)
    seen = torch.rand(frames, BANDS) + 1
    found = hidden(seen)
    same = found == seen
    assert (found[~same] == 0).all()
    # Two stretches of at most 6 frames and two of 6 bands.
    assert (~same).all(1).sum() <= 12
    assert (~same).all(0).sum() <= (12 if frames > 12 else BANDS)


@given(st.integers(0, 40), st.integers(1, 30), st.integers(0, 40), seeds)
def test_only_quiet_is_cropped(before: int, sound: int, behind: int, seed: int) -> None:
    torch.manual_seed(seed)
    parts = [
        torch.full((count, BANDS), level)
        for count, level in ((before, 1e-6), (sound, 1e-2), (behind, 1e-6))
    ]
    power = torch.cat(parts)
    found = cropped(power)
    assert sound <= len(found) <= len(power)
    assert (found[:, 0] == 1e-2).sum() == sound


def test_noise_lies_far_below_what_is_loudest() -> None:
    torch.manual_seed(0)
    power = torch.zeros(500, BANDS)
    power[250] = 2.0
    for _ in range(20):
        noise = float((variation.with_noise(power) - power)[:200].mean())
        assert 1e-7 <= noise <= 2.2e-4
