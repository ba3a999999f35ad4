"""Videos are encoded and decoded by the library av, and what is none is named."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.action.videos import decoding, holds_videos, read_videos
from recurra.applications.action.videos.decoding import decoded, spread
from recurra.applications.action.videos.demo import ACTIONS, CODECS, SIDE, encode, moving
from recurra.errors import DataError, OptionError

av = pytest.importorskip("av", reason="the library av is not installed")


def bright(clip: np.ndarray) -> np.ndarray:
    """Where the bright shape is in each frame, from left to right and from top down, 0 to 1."""
    light = clip.astype(float).mean(3)
    weights = np.clip(light - np.median(light), 30, None) - 30
    total = weights.sum((1, 2))
    side = clip.shape[1]
    across = (weights.sum(1) * np.arange(side)).sum(1) / total / side
    down = (weights.sum(2) * np.arange(side)).sum(1) / total / side
    return np.stack([across, down], 1)


@pytest.mark.parametrize("ending", CODECS)
def test_frames_come_out_as_they_went_in_and_in_their_order(ending: str, tmp_path: Path) -> None:
    frames = moving("go right", 0)
    path = tmp_path / f"a{ending}"
    encode(frames, path, av)
    clip, whole = decoded(path, len(frames), SIDE)
    assert whole
    assert clip.shape == (len(frames), SIDE, SIDE, 3)
    assert np.abs(clip.astype(float) - np.stack(frames)).mean() < 12
    small = bright(decoded(path, 8, 24)[0])
    assert (np.diff(small[:, 0]) > 0).all()
    assert np.abs(np.diff(small[:, 1])).max() < 0.05


def test_every_action_is_what_it_is_called() -> None:
    for seed in range(3):
        moves = {one: bright(np.stack(moving(one, seed))) for one in ACTIONS}
        whole = {one: places[-1] - places[0] for one, places in moves.items()}
        assert whole["go left"][0] < -0.2 < 0.2 < whole["go right"][0]
        assert whole["rise"][1] < -0.2 < 0.2 < whole["fall"][1]
        assert np.abs(whole["swell"]).max() < 0.1
        assert np.ptp(moves["circle"], 0).min() > 0.15


@given(st.integers(1, 600), st.integers(1, 60))
def test_frames_are_evenly_spread(count: int, wanted: int) -> None:
    places = spread(count, wanted)
    assert len(places) == wanted
    assert 0 <= places[0] <= places[-1] < count
    assert np.diff(places).max(initial=0) - np.diff(places).min(initial=10**6) <= 1 or wanted < 3
    assert abs(places[0] - (count - 1 - places[-1])) <= 1


def test_a_long_video_is_thinned_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.avi"
    encode([np.full((16, 16, 3), 4 * n, np.uint8) for n in range(60)], path, av)
    monkeypatch.setattr(decoding, "HELD", 8)
    clip, _ = decoded(path, 4, 16)
    light = clip.astype(float).mean((1, 2, 3)) / 4
    assert np.abs(light - [7.5, 22.5, 37.5, 52.5]).max() < 9
    assert (np.diff(light) > 5).all()


def test_wide_videos_are_whole_in_squares(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    frame = np.zeros((40, 96, 3), np.uint8)
    frame[:, 80:] = 255
    encode([frame] * 6, path, av)
    clip, _ = decoded(path, 2, 48)
    assert clip.shape == (2, 48, 48, 3)
    assert clip[0, :, 44].min() > 200
    assert clip[0, :, 4].max() < 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for action, ending in (("fall", ".mp4"), ("rise", ".avi")):
        for seed in range(2):
            encode(moving(action, seed)[:8], tmp_path / "v" / action / f"{seed}{ending}", av)
    return tmp_path / "v"


def test_folders_are_classes_and_broken_videos_are_named(folder: Path) -> None:
    (folder / "rise" / "empty.mp4").write_bytes(b"")
    (folder / "fall" / "text.avi").write_text("no video")
    whole = (folder / "rise" / "0.avi").read_bytes()
    (folder / "rise" / "short.avi").write_bytes(whole[: len(whole) // 2])
    (folder / "rise" / ".hidden.mp4").write_bytes(b"")
    found = read_videos(folder, frames=4, side=16)
    assert found.labels == ["fall", "fall", "rise", "rise", "rise"]
    assert found.names == ["0.mp4", "1.mp4", "0.avi", "1.avi", "short.avi"]
    assert "cannot be decoded, or have no frame: left out (text.avi, empty.mp4)" in found.notes[1]
    assert all(one.shape == (4, 16, 16, 3) for one in found.clips)
    assert read_videos(folder / "fall" / "0.mp4", frames=4, side=16).labels == []
    assert len(read_videos(folder / "fall", frames=4, side=16).clips) == 2


def test_a_file_without_pictures_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sound.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with pytest.raises(DataError, match="no picture, only sound"):
        decoded(path, 2, 16)


def test_what_cannot_be_used_is_refused_in_words(folder: Path, tmp_path: Path) -> None:
    assert holds_videos(folder)
    assert not holds_videos(tmp_path / "a.csv")
    (folder / "fall" / "a.csv").write_text("1,2")
    with pytest.raises(DataError, match="both videos and tables"):
        holds_videos(folder)
    (folder / "beside.mp4").write_bytes(b"")
    with pytest.raises(DataError, match="beside folders"):
        read_videos(folder)
    (tmp_path / "none").mkdir()
    with pytest.raises(DataError, match="holds no video"):
        read_videos(tmp_path / "none")
    (tmp_path / "none" / "a.mp4").write_bytes(b"")
    with pytest.raises(DataError, match="None of 1 videos"):
        read_videos(tmp_path / "none")


def test_without_the_library_the_way_to_get_it_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(OptionError, match=r"av is not installed(.|\n)*recurra\[video\]"):
        read_videos(folder)
