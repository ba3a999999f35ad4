"""A video's file as a few small frames, by the library av."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.applications.pictures import Pixels, square
from recurra.errors import DataError
from recurra.libraries import library
from recurra.text_files import check_there

ENDINGS = (".mp4", ".avi", ".mkv", ".webm", ".mov", ".m4v", ".mpg", ".mpeg")

HELD = 512
"""Frames in memory at once, at most: of a longer video every second, fourth ... is kept."""

Clip = NDArray[np.uint8]
"""Frames of a video: (T, S, S, 3)."""


def decoded(path: Path, frames: int, side: int) -> tuple[Clip, bool]:
    """Frames from a whole video, evenly spread, upright, whole in squares.

    Args:
        path: Its file.
        frames: T, how many; of a shorter video some come again.
        side: S, the points of a side.

    Returns:
        The frames, (T, S, S, 3), and whether the video came to its end: of one that is cut off or
        damaged what was before is used.

    Raises:
        DataError: If not one frame can be decoded.
        OptionError: If the library av is not installed.
    """
    av = library("av", package="av", use="videos", extra="video")
    check_there(path, "a video")
    held: list[Pixels] = []
    apart, whole = 1, True
    try:
        for number, frame in enumerate(_frames(av, path)):
            if number % apart:
                continue
            held.append(_small(frame, side))
            if len(held) == HELD:
                held, apart = held[::2], 2 * apart
    except av.error.FFmpegError as error:
        if not held:
            raise _unreadable(path, f"cannot be decoded ({error.strerror})") from error
        whole = False
    if not held:
        raise _unreadable(path, "has no frame")
    return np.stack([held[place] for place in spread(len(held), frames)]), whole


def spread(count: int, wanted: int) -> NDArray[np.int64]:
    """Places from 0 to ``count`` - 1, evenly spread, so many of them."""
    return ((np.arange(wanted) + 0.5) * count / wanted).astype(np.int64)


def _frames(av: Any, path: Path) -> Iterator[Any]:
    with av.open(str(path)) as container:
        if not container.streams.video:
            raise _unreadable(path, "has no picture, only sound or text")
        yield from container.decode(container.streams.video[0])


def _small(frame: Any, side: int) -> Pixels:
    """A frame in a square, as the camera was held."""
    scale = side / max(frame.width, frame.height)
    size = {
        "width": max(1, round(frame.width * scale)),
        "height": max(1, round(frame.height * scale)),
    }
    # Averages over all points that fall together, so that nothing flickers.
    points = frame.reformat(**size, format="rgb24", interpolation="AREA").to_ndarray()
    return square(np.rot90(points, frame.rotation // 90), side)


def _unreadable(path: Path, why: str) -> DataError:
    return DataError(
        f"{path.name} {why}.",
        f"a video with frames: {', '.join(ENDINGS)}",
        "play it, or convert it: ffmpeg -i FILE NEW.mp4",
    )
