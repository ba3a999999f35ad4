"""Texts from a file or a folder."""

from __future__ import annotations

from pathlib import Path

from recurra import text_files
from recurra.errors import DataError

SUFFIXES = (".txt", ".text", ".md")
"""What files of a folder are read, each also with .gz."""


def read_documents(path: str | Path) -> tuple[list[str], tuple[str, ...]]:
    """Reads texts as they are; only line ends become one character each.

    Args:
        path: A text file of any name, also with .gz; or a folder, whose files that end in .txt,
            .text or .md (also .gz) are read, those of folders in it too, in the order of their
            paths.

    Returns:
        The text of each file, and what was left out.

    Raises:
        DataError: If there is nothing to read, or it is not UTF-8.
    """
    path = Path(path)
    if not path.is_dir():
        text_files.check_there(path, "text")
        return [_read(path)], ()
    files = sorted(one for one in path.rglob("*") if one.is_file())
    chosen = [one for one in files if one.name.lower().removesuffix(".gz").endswith(SUFFIXES)]
    empty = [one for one in chosen if not text_files.content(one).strip()]
    texts = [_read(one) for one in chosen if one not in empty]
    if not texts:
        raise DataError(
            f"The folder {path} has {len(files):,} files, none of them a text that is not empty.",
            f"files with names that end in {', '.join(SUFFIXES)}",
            "name a file, or give the files such names",
        )
    left = [
        (len(files) - len(chosen), f"have names that do not end in {', '.join(SUFFIXES)}"),
        (len(empty), "are empty"),
    ]
    notes = [f"{count:,} files {why}: left out" for count, why in left if count]
    return texts, (f"{len(texts):,} files are read", *notes)


def _read(path: Path) -> str:
    text = text_files.decoded(text_files.content(path), path, "text")
    return text.replace("\r\n", "\n").replace("\r", "\n")
