"""Pictures from a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recurra.applications.pictures.decoding import ENDINGS, Pixels, decoded
from recurra.errors import DataError
from recurra.text_files import check_there, content

NAMED = 3
"""Files that are named of those that were left out."""


@dataclass(frozen=True)
class Pictures:
    """N pictures of any sizes.

    Attributes:
        images: Each (H, W, C).
        names: Of their files.
        notes: What was found and left out, a sentence each.
    """

    images: Sequence[Pixels]
    names: Sequence[str]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """N."""
        return len(self.images)


def paths_in(folder: Path) -> list[Path]:
    """The files of pictures in a folder, by their endings, sorted by name.

    Raises:
        DataError: If it is no folder, or has none.
    """
    if not folder.is_dir():
        check_there(folder, "a picture")
        raise DataError(f"{folder} is a file.", "a folder of pictures", f"name {folder.parent}")
    found = sorted(one for one in folder.iterdir() if is_picture(one))
    if not found:
        raise DataError(
            f"{folder} holds no picture.", f"a folder with files that end in {', '.join(ENDINGS)}"
        )
    return found


def is_picture(path: Path) -> bool:
    """Whether it is a file with the ending of a picture."""
    return path.suffix.lower() in ENDINGS and not path.name.startswith(".") and path.is_file()


def open_picture(path: Path) -> Pixels:
    """The picture in a file.

    Raises:
        DataError: If it cannot be read, or is none.
    """
    check_there(path, "a picture")
    return decoded(content(path), path.name)


def read_pictures(
    paths: Sequence[Path], shortened: Callable[[Pixels], Pixels] = lambda image: image
) -> Pictures:
    """The pictures in files; those that cannot be read are left out, counted and named.

    Args:
        paths: At least one.
        shortened: What is kept of each, so that a folder of large ones fits in memory.

    Raises:
        DataError: If none can be read.
    """
    found: dict[str, Pixels] = {}
    broken: list[str] = []
    reason: DataError | None = None
    for path in paths:
        try:
            found[path.name] = shortened(open_picture(path))
        except DataError as error:
            broken.append(path.name)
            reason = error
    if not found:
        assert reason is not None
        raise DataError(
            f"None of {len(paths)} pictures can be read; the last: {reason.given}",
            reason.expected,
            reason.do,
        )
    notes = left_out(broken, "cannot be read")
    return Pictures(list(found.values()), list(found), tuple(notes))


def left_out(names: Sequence[str], why: str) -> list[str]:
    """A sentence on files that were left out, if there are any; the first are named."""
    if not names:
        return []
    some = ", ".join(names[:NAMED]) + (" ..." if len(names) > NAMED else "")
    return [
        f"{len(names):,} {'picture' if len(names) == 1 else 'pictures'} left out: {why} ({some})"
    ]


def sizes_said(images: Sequence[Pixels]) -> str:
    """How many pictures there are, of what sizes, grey or in colour."""
    points = sorted((one.shape[0] * one.shape[1], one.shape[1], one.shape[0]) for one in images)
    least, most = (f"{one[1]} x {one[2]}" for one in (points[0], points[-1]))
    sizes = least if len({one[1:] for one in points}) == 1 else f"{least} to {most}"
    colour = sum(one.shape[2] == 3 for one in images)
    kinds = (
        "grey" if not colour else "in colour" if colour == len(images) else f"{colour} in colour"
    )
    count = f"{len(images):,} picture{'' if len(images) == 1 else 's'}"
    return f"{count} of {sizes} points, {kinds}"
