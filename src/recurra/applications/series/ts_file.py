"""Series from a .ts file, the format of the UEA and UCR archives (Bagnall et al. 2018).

Lines that begin with @ say what is there, up to ``@data``. Then each line is a series: its
channels, each a list of numbers between commas, between colons; the class behind the last colon. A
line that begins with # is a remark, and ? stands for a value that is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from recurra import text_files
from recurra.applications.series.collection import Collection, Values, numbered
from recurra.errors import DataError

WHOLE = "lines that begin with @, then @data, then a series a line"
MISSING = ("?", "nan", "na", "")


def read_ts(path: Path) -> Collection:
    """Reads a .ts file.

    Args:
        path: A file, also with .gz.

    Raises:
        DataError: If it is no such file, series differ in their number of channels, the channels of
            a series in length, or a value is no number.
    """
    text_files.check_there(path, "series")
    text = text_files.decoded(text_files.content(path), path, WHOLE)
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1)]
    lines = [(n, line) for n, line in lines if line and not line.startswith("#")]
    header, body = _cut(lines, path)
    labelled = _labelled(header, path)
    series, labels = [], []
    for number, line in body:
        *channels, last = line.split(":")
        labels += [last.strip()] if labelled else []
        series.append(_series(channels if labelled else [*channels, last], number, path))
    _check_even(series, header, [n for n, _ in body], path)
    names = [f"{n}" for n in range(1, len(series) + 1)]
    return Collection(series, labels, names, numbered(series[0].shape[1]))


def _cut(lines: list[tuple[int, str]], path: Path) -> tuple[dict[str, str], list[tuple[int, str]]]:
    """What is said at the top, and the lines of series."""
    place = next((n for n, (_, line) in enumerate(lines) if line.lower() == "@data"), None)
    if place is None:
        raise DataError(f"{path} has no line @data.", WHOLE, "write @data before the series")
    header = {}
    for number, line in lines[:place]:
        name, _, value = line.partition(" ")
        if not name.startswith("@"):
            raise DataError(
                f"Line {number} of {path} stands before @data: {_shown(line)}",
                "a line that begins with @ or #",
            )
        header[name.lower()] = value.strip()
    if header.get("@timestamps", "false").lower() == "true":
        raise DataError(
            f"{path} has time stamps (@timeStamps true).",
            "values alone, at equal distances",
            "write the values without their times, or a long table with a column of times",
        )
    if not lines[place + 1 :]:
        raise DataError(f"{path} has no series below @data.", "a series a line")
    return header, lines[place + 1 :]


def _labelled(header: Mapping[str, str], path: Path) -> bool:
    """Whether each line ends in a class."""
    said = header.get("@classlabel")
    if said is None:
        raise DataError(
            f"{path} does not say whether its series have classes.",
            "a line @classLabel true NAME NAME ..., or @classLabel false",
            "add it above @data",
        )
    return said.lower().startswith("true")


def _series(channels: list[str], number: int, path: Path) -> Values:
    """(T, C)."""
    read = [_numbers(one, number, path) for one in channels]
    lengths = {len(one) for one in read}
    if not read or len(lengths) != 1:
        raise DataError(
            f"Line {number} of {path}: its channels have {_joined(len(one) for one in read)} values"
            if read
            else f"Line {number} of {path} has no channel.",
            "channels of the same length, with colons between them, the class behind the last",
            "a value that is missing is written ?",
        )
    return np.array(read, dtype=np.float32).T


def _numbers(channel: str, number: int, path: Path) -> list[float]:
    try:
        return [_number(value) for value in channel.split(",")]
    except ValueError as error:
        raise DataError(
            f"Line {number} of {path}: {error}.", "numbers with commas between them, or ?"
        ) from error


def _number(value: str) -> float:
    value = value.strip()
    if value.lower() in MISSING:
        return float("nan")
    try:
        return float(value)
    except ValueError:
        raise ValueError(f"{_shown(value)} is no number") from None


def _check_even(
    series: list[Values], header: Mapping[str, str], lines: list[int], path: Path
) -> None:
    """Refuses series of other channels than the first, or than the file says."""
    said = header.get("@dimensions", "")
    width = int(said) if said.isdigit() else series[0].shape[1]
    for one, number in zip(series, lines, strict=True):
        if one.shape[1] != width:
            raise DataError(
                f"Line {number} of {path} has {one.shape[1]} channels",
                f"{width}, as "
                + ("@dimensions says" if said.isdigit() else f"line {lines[0]} has"),
                "channels have colons between them, and the class stands behind the last",
            )


def _joined(numbers: Iterable[int]) -> str:
    return ", ".join(str(one) for one in list(numbers)[:12])


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
