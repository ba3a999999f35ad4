"""Rows of a stream as observations: whose they are, when and what."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from recurra.forecasting.clock import Clock
from recurra.forecasting.streaming import remarks as said
from recurra.forecasting.streaming.moments import Moment, Moments
from recurra.forecasting.streaming.remarks import Remarks
from recurra.tables.values import NULL_WORDS

Row = Mapping[str, Any]

SHOWN = 80
"""Characters of a row that a remark shows."""


@dataclass(frozen=True)
class Observation:
    """A row that can be used.

    Attributes:
        id: The series.
        time: datetime64[us] or int64; None where rows have no times.
        value: NaN where missing.
        group: That of the series, as far as the row tells.
    """

    id: str
    time: Moment | None
    value: float
    group: tuple[str, ...] = ()


class Reader:
    """Reads rows, leaving out those that cannot be read.

    Args:
        clock: Of the model.
        remarks: Takes what is left out.
        by: Columns that tell the group of a series, where a row has them.
    """

    def __init__(self, clock: Clock, remarks: Remarks, by: Sequence[str] = ()) -> None:
        self._by = by
        self._columns = clock.columns
        self._moments = Moments(clock)
        self._remarks = remarks

    def read(self, row: Row) -> Observation | None:
        """An observation; None if the row is none.

        Args:
            row: Cells by the names of their columns; text, numbers, dates or datetimes.
        """
        try:
            one = self._observation(row)
        except _UnusableError as error:
            self._remarks.say(error.kind, error.case)
            return None
        if math.isinf(one.value):
            self._remarks.say(said.INFINITE, shown(row))
            return replace(one, value=math.nan)
        return one

    def _observation(self, row: Row) -> Observation:
        columns = self._columns
        for name in columns.named:
            if name not in row:
                case = f"{name!r} in {shown(row) or 'an empty row'}"
                raise _UnusableError(said.NO_COLUMN, case)
        time = self._moments.read(row) if columns.time else None
        if columns.time and time is None:
            raise _UnusableError(said.NO_TIME, shown(row))
        series = columns.target if columns.id is None else _name(row[columns.id])
        if series is None:
            raise _UnusableError(said.NO_SERIES, shown(row))
        value = _number(row[columns.target])
        if value is None:
            raise _UnusableError(said.NO_NUMBER, shown(row))
        groups = (_name(row[name]) or "" for name in self._by if name in row)
        return Observation(series, time, value, tuple(groups))


class _UnusableError(Exception):
    """A row that is left out: of which kind, and what it was."""

    def __init__(self, kind: str, case: str) -> None:
        super().__init__(kind, case)
        self.kind = kind
        self.case = case


def shown(row: Row) -> str:
    """A row in few words."""
    text = ", ".join(f"{name}={cell}" for name, cell in row.items())
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def _is_null(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and cell.strip().lower() in NULL_WORDS)


def _name(cell: Any) -> str | None:
    # NaN is what a frame of pandas has in place of nothing.
    missing = _is_null(cell) or (isinstance(cell, float) and math.isnan(cell))
    return None if missing else str(cell).strip()


def _number(cell: Any) -> float | None:
    """A number, NaN where missing; None for what is no plain number."""
    if _is_null(cell):
        return math.nan
    if isinstance(cell, str) and "_" in cell:
        return None  # Python alone reads 1_000 as a number.
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return None
