"""Sound from files of any rate and kind."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from made_speech import tone

from recurra.applications.speech import Sound, read_sound, sound_of
from recurra.applications.speech.hearing import hear, readable
from recurra.applications.speech.sound import rate_of
from recurra.errors import DataError, OptionError


@pytest.mark.parametrize(("ending", "kind"), [("wav", "PCM_16"), ("wav", "FLOAT"), ("flac", None)])
def test_what_was_written_is_read_at_its_rate(tmp_path: Path, ending: str, kind: str) -> None:
    path, samples = tmp_path / f"a.{ending}", tone(300, 0.1, 11_025, 0.5)
    soundfile.write(path, samples, 11_025, subtype=kind)
    found = read_sound(path)
    assert found.rate == rate_of(path) == 11_025
    assert found.seconds == pytest.approx(0.1, abs=1e-4)
    assert np.allclose(found.samples, samples, atol=1e-4)


def test_of_several_channels_the_mean_is_taken(tmp_path: Path) -> None:
    left, right = tone(300, 0.1, 8000, 0.5), tone(500, 0.1, 8000, 0.25)
    soundfile.write(tmp_path / "a.wav", np.stack([left, right], 1), 8000, subtype="FLOAT")
    found = read_sound(tmp_path / "a.wav")
    assert found.channels == 2
    assert np.allclose(found.samples, (left + right) / 2, atol=1e-6)


@pytest.mark.parametrize("rate", [44_100, 16_000, 6000])
def test_at_another_rate_a_tone_is_the_same_tone(rate: int) -> None:
    moved = Sound(tone(440, 1.0, rate), rate).at(8000)
    assert abs(len(moved.samples) - 8000) <= 1
    middle = slice(1000, 7000)
    assert np.allclose(moved.samples[middle], tone(440, 1.0, 8000)[middle], atol=0.01)


def test_whole_numbers_are_of_16_bits() -> None:
    assert sound_of(np.array([0, -32768, 16384], dtype=np.int16), 8000).samples.tolist() == [
        *(0, -1, 0.5),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read as sound"),
        (b"RIFF1234WAVEjunk", "cannot be read as sound"),
        (b"just text", "cannot be read as sound"),
        (None, "There is no file"),
    ],
)
def test_what_is_no_sound_is_refused_in_words(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "bad.wav"
    if content is not None:
        path.write_bytes(content)
    for read in (read_sound, rate_of):
        with pytest.raises(DataError, match=said):
            read(path)


def test_no_sample_or_no_number_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 8000)
    with pytest.raises(DataError, match="has no sample"):
        read_sound(tmp_path / "empty.wav")
    soundfile.write(tmp_path / "nan.wav", np.array([0, np.nan]), 8000, subtype="FLOAT")
    with pytest.raises(DataError, match="NaN or infinite"):
        read_sound(tmp_path / "nan.wav")
    for samples, rate in ((["a"], 8000), (np.zeros((2, 2, 2)), 8000), (np.zeros(9), 10)):
        with pytest.raises(DataError, match="samples a second"):
            sound_of(samples, rate)


def test_what_cannot_be_heard_is_left_out_and_counted(tmp_path: Path) -> None:
    good, silent = tmp_path / "good.wav", tmp_path / "silent.wav"
    soundfile.write(good, np.stack([tone(300, 0.2, 44_100)] * 2, 1), 44_100)
    soundfile.write(silent, np.zeros(800), 8000)
    (tmp_path / "torn.wav").write_bytes(good.read_bytes()[:20])
    sources = [silent, tmp_path / "torn.wav", good, Sound(tone(300, 0.1, 8000), 8000)]
    found = hear(sources, 8000)
    assert found.places == [2, 3]
    assert [len(one) for one in found.powers] == [21, 11]
    told = " ".join(found.notes)
    assert "2 of 8,000, 1 of 44,100; all are heard at 8,000" in told
    assert "1 of 4 recordings has several channels" in told
    assert f"1 of 4 recordings cannot be read: left out. {tmp_path / 'torn.wav'}" in told
    assert f"1 of 4 recordings are silent: left out. {silent}" in told
    assert readable([good, tmp_path / "torn.wav"])[0] == [0]
    with pytest.raises(DataError, match=r"torn\.wav cannot be read"):
        readable([tmp_path / "torn.wav"])
    with pytest.raises(DataError, match="none in which anything can be heard"):
        hear([silent], 8000)


def test_a_file_that_was_cut_off_is_read_as_far_as_it_goes_and_said(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.wav", tmp_path / "cut.wav"
    soundfile.write(whole, tone(300, 0.2, 8000), 8000, subtype="PCM_16")
    content = whole.read_bytes()
    cut.write_bytes(content[:-1600])
    assert (read_sound(whole).torn, read_sound(cut).torn) == (False, True)
    assert len(read_sound(cut).samples) == 800
    assert "1 of 2 recordings end before their heads say" in readable([whole, cut])[1][0]
    # A pipe does not know how long it will be.
    cut.write_bytes(content.replace((3200).to_bytes(4, "little"), b"\xff\xff\xff\xff"))
    assert not read_sound(cut).torn
    assert len(read_sound(cut).samples) == 1600


@pytest.mark.parametrize("name", ["soundfile", "soxr"])
def test_a_missing_library_says_how_it_is_installed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soundfile.write(tmp_path / "a.wav", tone(300, 0.1, 16_000), 16_000)
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(OptionError, match=rf"{name} is not installed(.|\n)*recurra\[speech\]"):
        read_sound(tmp_path / "a.wav").at(8000)
