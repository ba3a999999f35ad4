"""Videos from a folder of folders, which are their classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recurra.applications.action.videos.decoding import ENDINGS, Clip, decoded
from recurra.applications.series.reading import ENDINGS as SERIES
from recurra.errors import DataError

FRAMES, SIDE = 32, 48
"""Frames that are kept of a video, and the points of a side."""

NAMED = 3
"""Videos that are named of those that were left out."""


@dataclass(frozen=True)
class Videos:
    """Videos as a few small frames.

    Attributes:
        clips: (T, S, S, 3) each, bytes; N of them.
        labels: The class of each; empty where none is known.
        names: Of their files.
        notes: What was found and left out, a sentence each.
    """

    clips: list[Clip]
    labels: list[str]
    names: list[str]
    notes: tuple[str, ...]


def holds_videos(path: Path) -> bool:
    """Whether a path is of videos: a file, or a folder of some, or of folders of some.

    Raises:
        DataError: If a folder holds both videos and tables.
    """
    if not path.is_dir():
        return path.suffix.lower() in ENDINGS
    inside = [one for one in path.rglob("*") if one.is_file()]
    videos = [one for one in inside if one.suffix.lower() in ENDINGS]
    tables = [one for one in inside if one.suffix.lower() in SERIES]
    if videos and tables:
        raise DataError(
            f"{path} holds both videos and tables: {videos[0].name}, {tables[0].name}",
            "one kind of recordings",
            "put them into folders of their own",
        )
    return bool(videos)


def read_videos(path: Path, *, frames: int = FRAMES, side: int = SIDE) -> Videos:
    """Reads videos; those that cannot be decoded are left out, counted and named.

    Args:
        path: A file; or a folder of them; or a folder of folders, whose names are the classes of
            the videos in them.
        frames: T, how many are kept of each, evenly spread.
        side: S, the points of a side of the squares that they become.

    Raises:
        DataError: If there is none, or none can be decoded.
        OptionError: If the library av is not installed.
    """
    paths = _paths(path)
    clips: list[Clip] = []
    kept: list[Path] = []
    broken: list[str] = []
    short: list[str] = []
    reason: DataError | None = None
    for one in paths:
        try:
            clip, whole = decoded(one, frames, side)
        except DataError as error:
            broken.append(one.name)
            reason = error
            continue
        clips.append(clip)
        kept.append(one)
        short += [] if whole else [one.name]
    if not kept:
        assert reason is not None
        raise DataError(
            f"None of {len(paths):,} videos can be decoded; the last: {reason.given}",
            reason.expected,
            reason.do,
        )
    classed = path.is_dir() and kept[0].parent != path
    notes = (
        f"{_videos(len(kept))}: {frames} frames of each are kept, {side} x {side} points",
        *_said(broken, "cannot be decoded, or have no frame: left out"),
        *_said(short, "are damaged: the frames before that are used"),
    )
    labels = [one.parent.name for one in kept] if classed else []
    return Videos(clips, labels, [one.name for one in kept], notes)


def _paths(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    folders = sorted(one for one in path.iterdir() if one.is_dir())
    within = [one for folder in folders for one in _inside(folder)]
    beside = _inside(path)
    if within and beside:
        raise DataError(
            f"{path} holds videos beside folders of videos: {beside[0].name}",
            "a folder for each class, with its videos, and no others",
        )
    if not within and not beside:
        raise DataError(f"{path} holds no video.", f"files that end in {', '.join(ENDINGS)}")
    return within or beside


def _inside(folder: Path) -> list[Path]:
    return sorted(
        one
        for one in folder.iterdir()
        if one.suffix.lower() in ENDINGS and one.is_file() and not one.name.startswith(".")
    )


def _videos(count: int) -> str:
    return f"{count:,} video{'' if count == 1 else 's'}"


def _said(names: Sequence[str], what: str) -> list[str]:
    if not names:
        return []
    some = ", ".join(names[:NAMED]) + (" ..." if len(names) > NAMED else "")
    return [f"{_videos(len(names))} {what} ({some})"]
