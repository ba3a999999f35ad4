"""Strokes as text: the path of an SVG file, ``M x y L x y ...``, which other programs draw."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError

Stroke = NDArray[np.float32]
"""The points of a stroke in order, (P, 2), P at least 1: x to the right and y down, in points of
the picture from its upper left corner."""

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_PIECE = re.compile(rf"\s*,?\s*(?:({_NUMBER})|([A-Za-z]))")
_BEGINS = re.compile(rf"\s*M\s*{_NUMBER}")

EXAMPLE = '"M 3 4 L 10 4 L 10 20 M 5 6 L 7 8": M begins a stroke, L goes on with it'


def looks_drawn(text: str) -> bool:
    """Whether a text begins as strokes do."""
    return _BEGINS.match(text) is not None


def parsed(text: str) -> list[Stroke]:
    """The strokes that a path tells of.

    Points are absolute; blanks and commas separate numbers, and points may follow one another
    without a new L, as SVG 1.1 has it (section 8.3).

    Raises:
        DataError: If it is no path of straight lines.
    """
    found: list[list[float]] = []
    place, wants_point = 0, False
    end = len(text.rstrip())
    while place < end:
        piece = _PIECE.match(text, place)
        if piece is None:
            raise _strange(text, f"{text[place:].strip()[:10]!r} in it")
        place = piece.end()
        number, letter = piece.groups()
        if letter is not None:
            _check_letter(text, letter, found, wants_point)
            found += [[]] if letter == "M" else []
            wants_point = True
        elif not found or not math.isfinite(float(number)):
            raise _strange(text, f"the number {number} where M is due" if not found else number)
        else:
            found[-1].append(float(number))
            wants_point = False
    if not found or wants_point or any(len(one) % 2 for one in found):
        raise _strange(text, "no stroke" if not found else "half a point")
    return [np.array(one, dtype=np.float32).reshape(-1, 2) for one in found]


def path_of(strokes: Sequence[Stroke]) -> str:
    """Strokes as a path, to a tenth of a point. A dot is a line to where it is."""
    return " ".join(_path(stroke) for stroke in strokes)


def _path(stroke: Stroke) -> str:
    points = [" ".join(f"{round(float(number), 1) + 0.0:g}" for number in one) for one in stroke]
    return "M " + " L ".join(points if len(points) > 1 else 2 * points)


def _check_letter(text: str, letter: str, found: list[list[float]], wants_point: bool) -> None:
    if letter not in "ML" or (letter == "L" and not found):
        raise _strange(text, f"{letter!r} in it")
    if wants_point or (found and len(found[-1]) % 2):
        raise _strange(text, f"half a point before {letter!r}")


def _strange(text: str, what: str) -> DataError:
    shown = text if len(text) <= 40 else f"{text[:40]} ..."
    return DataError(
        f"the strokes {shown!r}: {what}",
        f"a path of straight lines such as {EXAMPLE}",
        "make curves into lines of many points, and relative points into absolute ones",
    )
