"""Which column of a table of prices is which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recurra.errors import DataError

USUAL = {
    "ticker": (
        "ticker",
        "symbol",
        "asset",
        "uniqueid",
        "stock",
        "name",
        "code",
        "股票代码",
        "代码",
    ),
    "date": ("date", "datetime", "timestamp", "day", "ds", "period", "opentime", "日期"),
    "time": ("time", "hour", "minute", "时间"),
    "open": ("open", "o", "openprice", "openingprice", "priceopen", "开盘", "开盘价"),
    "high": ("high", "h", "highprice", "pricehigh", "max", "最高", "最高价"),
    "low": ("low", "l", "lowprice", "pricelow", "min", "最低", "最低价"),
    "close": ("close", "c", "closeprice", "closelast", "last", "price", "收盘", "收盘价"),
    "adjusted": ("adjclose", "adjustedclose", "adjustedcloseprice", "closeadj", "复权收盘价"),
    "volume": ("volume", "vol", "v", "volumebtc", "tradedvolume", "tickvol", "成交量"),
}
"""What columns are usually called, small letters and digits only, the likeliest first."""

NEEDED = ("open", "high", "low", "close")


@dataclass(frozen=True)
class Names:
    """The names of columns that the user gave; None for those to be found.

    Attributes:
        ticker: Of the column that tells tickers apart.
        date: Of the column of dates or times.
    """

    ticker: str | None = None
    date: str | None = None


def places(head: Sequence[str], names: Names, path: Path) -> dict[str, int]:
    """Where the columns stand, by what they are; those that are not there are missing.

    Raises:
        DataError: If a name that was given, a column of dates, or one of prices is not there.
    """
    asked = {"ticker": names.ticker, "date": names.date}
    found: dict[str, int] = {}
    for key, usual in USUAL.items():
        given = asked.get(key)
        place = _given(head, given, path) if given is not None else _usual(head, usual)
        if place is not None and place not in found.values():
            found[key] = place
    if "date" not in found and "time" in found:
        found["date"] = found.pop("time")
    missing = [key for key in ("date", *NEEDED) if key not in found]
    if missing:
        shown = ", ".join(repr(name) for name in head[:20])
        raise DataError(
            f"{path} has the columns {shown}, none of them for {', '.join(missing)}",
            "a table with columns called date (or time), open, high, low and close; volume, an "
            "adjusted close and a ticker may stand beside them",
            "name the columns so in the first row, or the one of dates by --date-column",
        )
    return found


def said(head: Sequence[str], found: dict[str, int]) -> str:
    """What was found, as a sentence."""
    shown = ", ".join(f"{key} in {head[place]!r}" for key, place in found.items())
    alone = "" if "ticker" in found else "; all rows are of one ticker"
    return f"columns: {shown}{alone}"


def _plain(name: str) -> str:
    """A name without case, spaces, marks, and a number before it, as in "1. open"."""
    return re.sub(r"^\s*\d+\.|[\W_]", "", name.casefold())


def _usual(head: Sequence[str], usual: Sequence[str]) -> int | None:
    plain = [_plain(name) for name in head]
    return next((plain.index(one) for one in usual if one in plain), None)


def _given(head: Sequence[str], name: str, path: Path) -> int:
    if list(head).count(name) != 1:
        shown = ", ".join(repr(one) for one in head[:20])
        raise DataError(f"{path} has no column {name!r}, or it is named twice.", f"one of {shown}")
    return head.index(name)
