"""Where pictures go that were made better."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from recurra.applications.pictures import paths_in
from recurra.errors import OptionError

SUFFIX = ".png"


def places(data: Path, out: Path) -> dict[Path, Path]:
    """By each file that is read, the one that is written.

    Args:
        data: A picture, or a folder of them.
        out: A folder; or, for a single picture, a name that ends in .png.

    Raises:
        DataError: If there is no picture.
        OptionError: If a file of the input would be overwritten, or many pictures have one name.
    """
    if not data.is_dir():
        found = {data: out if out.suffix.lower() == SUFFIX else out / f"{data.stem}{SUFFIX}"}
    else:
        if out.suffix.lower() == SUFFIX:
            raise OptionError(
                f"--out {out} for a folder of pictures", "a folder", f"--out {out.with_suffix('')}"
            )
        paths = paths_in(data)
        often = Counter(path.stem for path in paths)
        # a.jpg and a.png become a.jpg.png and a.png.png.
        found = {
            path: out / f"{path.stem if often[path.stem] == 1 else path.name}{SUFFIX}"
            for path in paths
        }
    read = {path.resolve() for path in found}
    over = next((place for place in found.values() if place.resolve() in read), None)
    if over is not None:
        raise OptionError(
            f"--out {out}: {over} is one of the pictures that are read", "another folder"
        )
    return found
