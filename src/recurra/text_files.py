"""Text from files, whatever was written there: UTF-8 is read, everything else is named."""

from __future__ import annotations

import difflib
import gzip
import re
import zlib
from pathlib import Path

from recurra.errors import DataError

WRITE_AGAIN = "check how the file was written, and write it again"
WIDE_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
FOREIGN_MARKS = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive", "save the sheet inside it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet inside it as CSV"),
    (b"PAR1", "a Parquet file", "give it a name that ends in .parquet"),
    (b"\x1f\x8b", "compressed with gzip", "add .gz to its name"),
)


def check_there(path: Path, what: str) -> None:
    """Refuses a name that is no file; ``what`` should be in it, as ``"a table"``.

    Raises:
        DataError: If it is a folder or absent, with the nearest name that there is.
    """
    if path.is_dir():
        raise DataError(
            f"{path} is a folder.", f"a file with {what}", "name a file inside that folder"
        )
    if path.exists():
        return
    folder = path.parent
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    nearest = difflib.get_close_matches(path.name, names, n=1)
    raise DataError(
        f"There is no file {path}." if folder.is_dir() else f"There is no folder {folder}.",
        f"the path of a file with {what}",
        f"did you mean {folder / nearest[0]}?" if nearest else "check the name and the folder",
    )


def content(path: Path) -> bytes:
    """The bytes of a file, unpacked where its name ends in .gz.

    Raises:
        DataError: If it cannot be read or unpacked.
    """
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if path.name.lower().endswith(".gz") else raw
    except EOFError as error:
        raise DataError(
            f"{path} ends too early: the gzip file is cut off.",
            "a whole file",
            "copy or download it again",
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(
            f"{path} is not a sound gzip file ({error}).",
            "a file compressed with gzip, because its name ends in .gz",
            "take .gz off its name if it is plain text, or copy it again",
        ) from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror or error}).",
            "a file that you may read",
            "check its permissions",
        ) from error


def decoded(content: bytes, path: Path, whole: str) -> str:
    """Bytes as text.

    Args:
        content: The bytes.
        path: Where they are from, for the words of an error.
        whole: What should have been there, as ``"a table with rows"``.

    Raises:
        DataError: If there is nothing but space, or they are not UTF-8.
    """
    if not content.removeprefix(b"\xef\xbb\xbf").strip():
        raise DataError(f"{path} is empty.", whole, WRITE_AGAIN)
    for mark, what, do in FOREIGN_MARKS:
        if content.startswith(mark):
            raise DataError(f"{path} looks like {what}.", "text with one row a line", do)
    if encoding := _wide_encoding(content):
        raise DataError(
            f"{path} is written in {encoding}.", "text in UTF-8", _convert(path, encoding)
        )
    if b"\x00" in content:
        raise DataError(
            f"{path} is not text: it holds NUL bytes.",
            "text with one row a line",
            "save the table as CSV, or give the file the ending of what it is",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path} is not UTF-8: line {line} holds the byte 0x{content[error.start]:02x}.",
            "text in UTF-8",
            _convert(path, *_likely_encodings(content)),
        ) from error


def _wide_encoding(content: bytes) -> str:
    for mark, encoding in WIDE_MARKS:
        if content.startswith(mark):
            return encoding
    head = content[:400]
    zeros = [head[start::4].count(0) > 0.9 * len(head[start::4]) for start in range(4)]
    patterns = {
        (False, True, True, True): "UTF-32LE",
        (True, True, True, False): "UTF-32BE",
        (False, True, False, True): "UTF-16LE",
        (True, False, True, False): "UTF-16BE",
    }
    return patterns.get((zeros[0], zeros[1], zeros[2], zeros[3]), "")


def _likely_encodings(content: bytes) -> tuple[str, str]:
    """The likelier of Chinese and Western European bytes first."""
    # Accented letters stand alone among plain ones; Chinese ones are pairs of high bytes.
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", content)]
    paired = sum(run for run in runs if run > 1) > sum(runs) / 2
    return ("GB18030", "CP1252") if paired and _has_chinese(content) else ("CP1252", "GB18030")


def _has_chinese(content: bytes) -> bool:
    try:
        return re.search("[一-鿿]", content.decode("gb18030")) is not None
    except UnicodeDecodeError:
        return False


def _convert(path: Path, encoding: str, other: str = "") -> str:
    command = f"iconv -f {encoding} -t UTF-8 {path.name} > utf8-{path.name.removesuffix('.gz')}"
    instead = f" (or {other} in place of {encoding} if letters come out wrong)" if other else ""
    return f"{command}{instead}, or save it as CSV UTF-8 in a spreadsheet"
