"""The ways in which people write times, and which of them fit a column of text."""

from __future__ import annotations

import re
from itertools import product

import polars as pl

SAMPLE = 500
"""Cells that a format must fit before it is tried on all."""

GLANCE = 10
"""Cells by whose look most formats are ruled out, which is much quicker than to try them."""

_DATES = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
    *("%d-%m-%Y", "%m-%d-%Y", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y"),
    "%Y年%m月%d日",
    *("%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y"),
    *("%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%m-%d-%y", "%d.%m.%y"),
)
_CLOCKS = (
    "",
    *(f"{mark}%H:%M{seconds}" for mark in (" ", "T") for seconds in ("", ":%S", ":%S%.f")),
    *(" %I:%M %p", " %I:%M:%S %p", " %H%M", " %H%M%S"),
)
_MONTHS = (
    "%Y-%m",
    "%Y/%m",
    "%b %Y",
    "%B %Y",
    "%b-%Y",
    "%m/%Y",
    "%m-%Y",
    "%YM%m",
    "%Y%m",
    "%Y年%m月",
)
_WEEKS = ("%G-W%V", "%GW%V")
_UNFINISHED = {
    **dict.fromkeys(_MONTHS, ("-01", "-%d")),
    **dict.fromkeys(_WEEKS, ("-1", "-%u")),
}
"""Formats that name no day, and what makes them name the first one."""

FORMATS = (*(date + clock for clock in _CLOCKS for date in _DATES), *_UNFINISHED)

_FIELDS = {
    **dict.fromkeys(("%m", "%d", "%H", "%M", "%S", "%I", "%y", "%V"), r"\d{1,2}"),
    **dict.fromkeys(("%b", "%B"), r"[A-Za-z]+\.?"),
    "%Y": r"\d{1,4}",
    "%G": r"\d{4}",
    "%p": "[AaPp][Mm]",
    "%.f": r"(?:\.\d+)?",
}


def _shape(pattern: str) -> re.Pattern[str]:
    """What any text of a format looks like."""
    parts = re.split(r"(%\.?[A-Za-z])", pattern)
    return re.compile("".join(_FIELDS.get(part, re.escape(part)) for part in parts))


_SHAPES = {pattern: _shape(pattern) for pattern in FORMATS}

_UNPADDED = (
    (("%d", "%-d"), ("%m", "%-m")),
    (("%Y", "%-Y"),),
    (("%H", "%-H"), ("%I", "%-I")),
    (("%p", "%P"),),
)
_DECIMALS = ("%.f", "%.3f", "%.6f")


def parse(text: pl.Series, pattern: str) -> pl.Series:
    """Datetimes without a zone, null where the format does not fit; of a month its first day."""
    day, day_pattern = _UNFINISHED.get(pattern, ("", ""))
    return (text + day).str.to_datetime(pattern + day_pattern, strict=False, time_unit="us")


def fitting(text: pl.Series, share: float) -> list[str]:
    """The formats that fit at least this share of a column's cells, judged by a sample of them.

    Args:
        text: (N,) without nulls.
        share: Above 0, at most 1.
    """
    glance, sample = text.head(GLANCE).to_list(), text.head(SAMPLE)
    likely = [
        pattern
        for pattern, shape in _SHAPES.items()
        if sum(bool(shape.fullmatch(cell)) for cell in glance) >= share / 2 * len(glance)
    ]
    return [pattern for pattern in likely if _share(sample, pattern) >= share]


def _share(text: pl.Series, pattern: str) -> float:
    return 1 - parse(text, pattern).null_count() / max(len(text), 1)


def nearest(text: pl.Series) -> str:
    """The format that fits most cells of a sample."""
    sample = text.head(SAMPLE)
    return max(FORMATS, key=lambda pattern: _share(sample, pattern))


def as_written(text: pl.Series, times: pl.Series, pattern: str) -> str:
    """The variant of a format that writes the times as they stood.

    Formats read 1/2/2024 and 01/02/2024 alike, and any number of decimals.

    Args:
        text: (N,) as it stood, without nulls.
        times: (N,) as the format read it.
        pattern: The format.

    Returns:
        The format with or without leading zeros and with as many decimals as a sample of the text
        has; the format itself if its cells differ in that.
    """
    every = -(-len(text) // SAMPLE)
    text, times = text.gather_every(every), times.gather_every(every)
    return next(
        (
            variant
            for variant in _variants(pattern)
            if bool((times.dt.strftime(variant) == text).all())
        ),
        pattern,
    )


def _variants(pattern: str) -> list[str]:
    variants = [pattern.replace("%.f", decimals) for decimals in _DECIMALS]
    for chosen in product((False, True), repeat=len(_UNPADDED)):
        variant = pattern
        for swaps, swap in zip(_UNPADDED, chosen, strict=True):
            for padded, plain in swaps if swap else ():
                variant = variant.replace(padded, plain)
        variants += [variant.replace("%.f", decimals) for decimals in _DECIMALS]
    return list(dict.fromkeys(variants))
