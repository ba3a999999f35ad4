"""Sound that comes in pieces is written as it comes, however it is cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_speech import string, words

from recurra.applications.speech import Sound, SpeechRecogniser
from recurra.applications.speech.demo import RATE
from recurra.applications.speech.streaming import _pause
from recurra.errors import DataError, OptionError


def written(recogniser: SpeechRecogniser, sound: Sound, sizes: list[int]) -> str:
    stream, said, place = recogniser.stream(sound.rate), "", 0
    while place < len(sound.samples):
        size = sizes[place % len(sizes)]
        said += stream.feed(sound.samples[place : place + size])
        place += size
    return said + stream.close()


def test_a_short_recording_is_written_as_it_is_predicted(recogniser: SpeechRecogniser) -> None:
    sounds = [one for one in words(12, seed=3)[0] if one.seconds < 1.1]
    assert len(sounds) > 5
    said = [written(recogniser, one, [700]) for one in sounds]
    assert said == recogniser.predict(sounds)
    assert any(said)


def test_how_it_is_cut_changes_nothing(recogniser: SpeechRecogniser) -> None:
    sound, _ = string(4, seed=5)
    whole = written(recogniser, sound, [10**6])

    @settings(max_examples=12)
    @given(st.lists(st.integers(1, 9000), min_size=1, max_size=3))
    def cut(sizes: list[int]) -> None:
        assert written(recogniser, sound, [*sizes, 3001]) == whole

    cut()


def test_a_long_recording_is_written_nearly_as_it_is_predicted(
    recogniser: SpeechRecogniser,
) -> None:
    sound, _ = string(6, seed=6)
    assert sound.seconds > 3
    predicted = recogniser.predict([sound])[0].replace(" ", "")
    said = written(recogniser, sound, [800]).replace(" ", "")
    assert abs(len(said) - len(predicted)) <= 2
    same = sum(a == b for a, b in zip(said, predicted, strict=False))
    assert same >= 0.7 * len(predicted)


def test_text_comes_while_sound_does(recogniser: SpeechRecogniser) -> None:
    sound, _ = string(5, seed=7)
    stream = recogniser.stream(RATE)
    least, most = stream.delay
    assert (least, most) == pytest.approx((0.8, 1.2), abs=0.03)
    at = 0
    while not stream.feed(sound.samples[at : at + 80]):
        at += 80
        assert at < len(sound.samples)
    # The first word begins behind a pause of up to a quarter of a second.
    assert at / RATE <= most + 0.6


@given(st.lists(st.integers(0, 2), min_size=1, max_size=24))
def test_a_piece_is_cut_amid_the_longest_stretch_without_letters(letters: list[int]) -> None:
    cut, half = _pause(letters), len(letters) // 2
    assert half < cut <= len(letters)
    runs = [len(run) for run in "".join("x" if n else " " for n in letters[half:]).split("x")]
    if max(runs):
        before, behind = letters[half:cut][::-1], letters[cut:]
        around = [
            next((n for n, one in enumerate(side) if one), len(side)) for side in (before, behind)
        ]
        assert sum(around) == max(runs)
        assert abs(around[0] - around[1]) <= 1
    else:
        assert cut == len(letters)


def test_at_another_rate_it_is_brought_to_the_own(recogniser: SpeechRecogniser) -> None:
    sounds = [one for one in words(6, seed=8)[0] if one.seconds < 1.1]
    for one in sounds:
        assert written(recogniser, one.at(16_000), [1600]) == recogniser.predict([one])[0]


def test_silence_and_nothing_say_nothing(recogniser: SpeechRecogniser) -> None:
    stream = recogniser.stream(RATE)
    assert stream.close() == ""
    quiet = recogniser.stream(RATE)
    assert quiet.feed(np.zeros(5 * RATE, dtype=np.int16)) + quiet.close() == ""
    with pytest.raises(OptionError, match="rate=10"):
        recogniser.stream(10)
    with pytest.raises(DataError, match="samples"):
        recogniser.stream(RATE).feed(np.array(["a"]))
