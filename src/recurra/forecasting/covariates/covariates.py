"""The covariates of all series of a panel, end to end, as a network reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, OptionError
from recurra.forecasting.covariates import calendar as calendars
from recurra.forecasting.covariates.block import Block
from recurra.forecasting.covariates.encoding import Encoding
from recurra.forecasting.covariates.holidays import Holidays
from recurra.forecasting.covariates.placing import GridRows, Layout, Placed
from recurra.forecasting.covariates.roles import Roles
from recurra.forecasting.covariates.timeline import Timeline
from recurra.forecasting.covariates.windows import CovariateWindows
from recurra.forecasting.panel import Panel
from recurra.tables.frequency import Times
from recurra.tables.zones import Zone

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Known:
    """What is known of one series ahead of time, over a stretch of it; views, no copies.

    Attributes:
        values: (n, F') numbers of the table's columns, in standard units.
        seen: (n, F'), False where one is missing.
        codes: (n, V) categories.
        of_time: (n, G) calendar and holidays.
    """

    values: NDArray[np.float32]
    seen: NDArray[np.bool_]
    codes: NDArray[np.int32]
    of_time: NDArray[np.float32]


@dataclass(frozen=True)
class Covariates:
    """The covariates of S series.

    What changes with time lies in one array for all series: past-only columns at the N observed
    grid points, known-future columns at those and at the room behind each series, where forecasts
    go. Calendar and holidays stand once for all series that share a time. A window is a view.

    Attributes:
        encoding: How the columns became numbers.
        ids: The names of the series.
        origins: (S,) the time from which steps of each are counted.
        firsts: (S,) the step at which the arrays of each begin; 0 unless they were cut.
        lengths: (S,) the observed grid points in them.
        rooms: (S,) the points behind: at least K, more where the table goes further.
        past: (N, P) and (N, U): numbers and categories of past-only columns.
        future: (N + room, F') and (N + room, V) of the known-future columns.
        static: (S, Q) and (S, R).
        left_out: The series of the table that were too short or without a value.
        notes: What is missing, unseen or repaired, a sentence each.
    """

    encoding: Encoding
    ids: tuple[str, ...]
    origins: Times
    firsts: Whole
    lengths: Whole
    rooms: Whole
    past: Block
    future: Block
    static: Block
    left_out: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @classmethod
    def learn(
        cls,
        panel: Panel,
        roles: Roles,
        trained: Whole,
        horizon: int,
        *,
        calendar: bool | Sequence[str] = False,
        holidays: str | None = None,
    ) -> Self:
        """Learns from the training part how to read the columns of a panel, and reads them.

        Args:
            panel: Read with ``further=roles.names``.
            roles: The columns.
            trained: (S,) the training points of each series; 0 for one not learned from.
            horizon: K, the room behind each series.
            calendar: True, or names of ``calendar.FEATURES``.
            holidays: A code of a country, as ``"DE"``.

        Raises:
            DataError: If a column cannot be used, or is static and changes within a series.
            OptionError: If the country or a calendar feature is unknown.
        """
        encoding = Encoding.learn(panel, roles, trained, calendar=calendar, holidays=holidays)
        read = cls.read(panel, encoding, horizon)
        return replace(read, notes=(*encoding.notes, *read.notes))

    @classmethod
    def read(cls, panel: Panel, encoding: Encoding, horizon: int) -> Self:
        """Reads the columns of a panel as they were learned before.

        Args:
            panel: Read with ``further=encoding.roles.names``.
            encoding: What was learned.
            horizon: K, the room behind each series.

        Raises:
            DataError: If a column cannot be read, or is static and changes within a series.
        """
        notes: list[str] = []
        lengths = np.array([len(one.values) for one in panel.series])
        rooms = np.maximum(_given_ahead(panel, encoding, lengths, notes), horizon)
        past, future, static = _blocks(panel, encoding, lengths, rooms, notes)
        return cls(
            encoding,
            tuple(one.id for one in panel.series),
            np.array([one.origin for one in panel.series]),
            np.zeros_like(lengths),
            lengths,
            rooms,
            past,
            future,
            static,
            frozenset(panel.further.left_out),
            tuple(notes),
        )

    def read_anew(self, panel: Panel, horizon: int) -> Covariates:
        """Those of another panel, read as these were.

        Args:
            panel: Read with ``further=encoding.roles.names``.
            horizon: K, the room behind each series.

        Raises:
            DataError: If a column cannot be read, or times that are to be read as clock times are
                in another zone.
        """
        encoding = self.encoding
        if (encoding.of_time or encoding.roles.future) and panel.zone != encoding.zone:
            raise DataError(
                f"The times in {', '.join(panel.columns.time)} have {_zone(panel.zone)}.",
                f"{_zone(encoding.zone)}, as in the data that were fitted",
                "write them as there, since hours, days and known-future rows go by the clock",
            )
        return Covariates.read(panel, encoding, horizon)

    # Where things are -------------------------------------------------------------------------

    @cached_property
    def past_layout(self) -> Layout:
        """Where each series lies in ``past``."""
        return Layout.of(self.lengths)

    @cached_property
    def future_layout(self) -> Layout:
        """Where each series lies in ``future``."""
        return Layout.of(self.lengths + self.rooms)

    @cached_property
    def timeline(self) -> Timeline:
        """The times of all grid points, room included, in UTC if times were brought to that."""
        frequency = self.encoding.frequency
        begin = frequency.times(self.origins, self.firsts)
        return Timeline.of(frequency, begin, self.lengths + self.rooms)

    @cached_property
    def of_time(self) -> NDArray[np.float32]:
        """Calendar and holidays at the times of ``timeline``, (C, G)."""
        encoding = self.encoding
        if not encoding.of_time:
            return np.zeros((1, 0), np.float32)
        holidays = Holidays(encoding.holidays) if encoding.holidays else None
        weekend = holidays.weekend if holidays else calendars.SATURDAY_AND_SUNDAY
        local = encoding.zone.local(self.timeline.times)
        read = calendars.read(encoding.calendar, local, weekend)
        if holidays is None:
            return read
        flags = holidays.read(encoding.frequency, self.timeline, encoding.zone)
        return np.concatenate([read, flags], axis=1)

    def known(self, series: int, first: int, last: int) -> Known:
        """What is known ahead of one series from step ``first`` up to before ``last``, as views.

        Args:
            series: Its number, from 0.
            first: A step, counted from where the arrays of the series begin; at least 0.
            last: Above ``first``, at most length + room of the series.

        Raises:
            OptionError: If the stretch reaches beyond the series.
        """
        length = int(self.future_layout.lengths[series])
        if not 0 <= first < last <= length:
            raise OptionError(
                f"steps {first} to {last} of the series {self.ids[series]!r}",
                f"a stretch within its {length:,} steps",
            )
        start = int(self.future_layout.starts[series])
        part = self.future[start + first : start + last]
        at = int(self.timeline.starts[series]) if self.encoding.of_time else 0
        of_time = self.of_time[at + first : at + last]
        if not self.encoding.of_time:
            of_time = np.zeros((last - first, 0), np.float32)
        return Known(part.values, part.seen, part.codes, of_time)

    def windows(self, lookback: int, horizon: int) -> CovariateWindows:
        """All windows of ``lookback`` past and ``horizon`` coming steps, as views.

        Args:
            lookback: L, at least 1.
            horizon: K, at least 0 and at most the room of every series.

        Raises:
            OptionError: If a size is out of range.
        """
        if lookback < 1 or not 0 <= horizon <= int(self.rooms.min()):
            raise OptionError(
                f"windows of {lookback} and {horizon} steps",
                f"at least 1, and 0 to {int(self.rooms.min())}",
            )
        past, future = self.past_layout, self.future_layout
        starts = (past.starts, future.starts, self._timeline_starts())
        arrays = (self.past, self.future, self.static)
        return CovariateWindows.of(
            arrays, self.of_time, starts, self.lengths, lookback=lookback, horizon=horizon
        )

    def _timeline_starts(self) -> Whole:
        return self.timeline.starts if self.encoding.of_time else np.zeros_like(self.lengths)

    # What goes on from the end ----------------------------------------------------------------

    def last(self, lookback: int) -> Covariates:
        """The last steps of every series and the room behind: what forecasts are made from.

        Args:
            lookback: L, at least 1; of a shorter series all there is.
        """
        kept = np.minimum(self.lengths, lookback)
        cut = self.lengths - kept
        near = Layout.of(kept)
        past = self.past[_within(near) + np.repeat(self.past_layout.starts + cut, kept)]
        whole = kept + self.rooms
        far = Layout.of(whole)
        future = self.future[_within(far) + np.repeat(self.future_layout.starts + cut, whole)]
        return replace(self, firsts=self.firsts + cut, lengths=kept, past=past, future=future)

    def take(self, series: Whole) -> Covariates:
        """Only some series, in the order of their numbers (S',); copies their parts.

        For a panel of which most are kept, give windows the numbers of those instead.
        """
        rooms, lengths = self.rooms[series], self.lengths[series]
        past = _within(Layout.of(lengths)) + np.repeat(self.past_layout.starts[series], lengths)
        whole = lengths + rooms
        future = _within(Layout.of(whole)) + np.repeat(self.future_layout.starts[series], whole)
        ids = tuple(self.ids[number] for number in series.tolist())
        return replace(
            self,
            ids=ids,
            origins=self.origins[series],
            firsts=self.firsts[series],
            lengths=lengths,
            rooms=rooms,
            past=self.past[past],
            future=self.future[future],
            static=self.static[series],
            left_out=(self.left_out | {*self.ids}) - {*ids},
        )


def _zone(zone: Zone) -> str:
    return f"the zone {zone.name}" if zone.name else "no time zone"


def _within(layout: Layout) -> Whole:
    """The step of each place in its series, (N,)."""
    return np.arange(layout.size) - np.repeat(layout.starts, layout.lengths)


def _given_ahead(panel: Panel, encoding: Encoding, lengths: Whole, notes: list[str]) -> Whole:
    """How many steps the rows of the table reach beyond the last target of each series, (S,)."""
    given, further = np.zeros_like(lengths), panel.further
    if not encoding.roles.future:
        return given
    beyond = further.steps - lengths[further.series] + 1
    there = beyond > 0
    np.maximum.at(given, further.series[there], beyond[there])
    if there.any():
        steps = "1 step" if given.max() == 1 else f"{given.max():,} steps"
        target = panel.columns.target
        notes.append(f"rows behind the last {target}: known-future values for up to {steps}")
    return given


def _blocks(
    panel: Panel, encoding: Encoding, lengths: Whole, rooms: Whole, notes: list[str]
) -> tuple[Block, Block, Block]:
    """Past-only, known-future and static columns."""
    roles, table, found = encoding.roles, panel.further.table, GridRows.of(panel.further)
    near, far = Layout.of(lengths), Layout.of(lengths + rooms)
    past = Block.read(table, Placed.of(near, found), encoding, roles.past, notes)
    counted = far.inside(lengths)
    future = Block.read(
        table, Placed.of(far, found), encoding, roles.future, notes, counted=counted
    )
    ids = [one.id for one in panel.series]
    return past, future, Block.static(table, found, ids, encoding, notes)
