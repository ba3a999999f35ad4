"""Series that move on row by row, and the forecast that follows each row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting.clock import Clock
from recurra.forecasting.histories import Histories
from recurra.forecasting.model import Model
from recurra.forecasting.plan import LEAST_TRAINING_WINDOWS
from recurra.forecasting.scaling import Scale
from recurra.forecasting.streaming import remarks as said
from recurra.forecasting.streaming.following import Following
from recurra.forecasting.streaming.reading import Observation, Reader
from recurra.forecasting.streaming.recent import Recent
from recurra.forecasting.streaming.remarks import Remarks
from recurra.forecasting.tail import Tail

Array = NDArray[np.float64]
Row = Mapping[str, Any]

AT_ONCE = 256
"""Rows that are forecast from together: enough to keep a processor busy, few to hold."""


@dataclass(frozen=True)
class Shot:
    """What a series was right after a row: the series itself moves on.

    Attributes:
        series: Its identity.
        length: N, its points then.
        values: (R,), as :class:`~recurra.forecasting.histories.Histories` holds them.
        seen: (R,).
    """

    series: Recent
    length: int
    values: Array
    seen: NDArray[np.bool_]


class Stream:
    """Takes rows as they come, and forecasts from each on; :meth:`Forecaster.stream` makes one.

    A forecast equals what ``update`` and ``predict`` give for all rows up to then in one table,
    those that were fitted among them, but for rounding. Of each series only the last R values are
    kept, which the model reads, so that a row costs the same however many came before it. Nothing
    is learned.

    * Rows of many series may come in any mixture. A time that is passed over repeats the value
      before it, once a later value comes, as in a table.
    * A row that comes late is put in its place, and several of one time are averaged, as far back
      as the model reads; a forecast from the newest value follows those as well. Later than that,
      or before the first point of its series, a row changes nothing and is left out.
    * A series that is new to the model is taken up once its last R + 4 points are there and half
      of them were observed, in standard units learned from those.
    * Rows that cannot be read are left out.

    All of that is said in ``notes``, each kind of thing once.

    Args:
        model: A copy of it takes up new series.
        tails: Where the known series end.
        clock: Columns, frequency and how times are written.
        steps: K, at least 1.
        intervals: Gives the bounds of intervals, (W, K) each by their names, for a model, W
            histories, their forecasts (W, K) and the standard units of their series (W,).
        by: The columns that tell the group of a series; only rows of new series need them.
    """

    def __init__(
        self,
        model: Model,
        tails: Sequence[Tail],
        clock: Clock,
        steps: int,
        intervals: Callable[[Model, Histories, Array, Array], Mapping[str, Array]],
        *,
        by: Sequence[str] = (),
    ) -> None:
        self._model = model.copy()
        self._clock = clock
        self._steps = steps
        self._intervals = intervals
        self._series = {tail.id: Recent.of(tail) for tail in tails}
        self._refused: set[str] = set()
        self.remarks = Remarks()
        self._reader = Reader(clock, self.remarks, by)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was said of the rows so far, a sentence each."""
        return tuple(self.remarks.notes)

    def push(self, row: Row) -> Following | None:
        """Takes a row, and forecasts from the newest value of its series on.

        Args:
            row: Cells by the names of the columns that were fitted, id, time and target: text,
                numbers, dates or datetimes. Others are passed over.

        Returns:
            The forecast; None if the row changes none, which ``notes`` then tells of.
        """
        return next(iter(self.extend([row])), None)

    def extend(self, rows: Iterable[Row]) -> list[Following]:
        """Takes rows in their order, and gives the forecasts that follow them.

        The same as :meth:`push` of each but for rounding, and quicker.
        """
        waiting, found = iter(rows), list[Following]()
        while part := [*islice(waiting, AT_ONCE)]:
            found += self._forecast([*self._taken(part)])
        return found

    def _taken(self, rows: Sequence[Row]) -> Iterator[Shot]:
        every = [one for row in rows if (one := self._reader.read(row)) is not None]
        begun = [one for one in every if self._has_begun(one)]
        for one, position in zip(begun, self._positions(begun), strict=True):
            shot = self._put(self._series[one.id], one, position)
            if shot is not None:
                yield shot

    def _has_begun(self, one: Observation) -> bool:
        """A series begins with its first value, and so does its grid."""
        if one.id in self._series:
            return True
        if math.isnan(one.value):
            self.remarks.say(said.MISSING, f"{one.id}, before its first value")
            return False
        size = self._model.reach + LEAST_TRAINING_WINDOWS
        self.remarks.say(said.NEW, f"{one.id}: {size} points")
        origin = np.int64(0) if one.time is None else one.time
        self._series[one.id] = Recent.fresh(one.id, origin, size, one.group)
        return True

    def _positions(self, begun: Sequence[Observation]) -> Iterator[int]:
        """The place of each row on the grid of its series; without a time the next one there."""
        if not begun or begun[0].time is None:
            return (self._series[one.id].next for one in begun)
        frequency, times = self._clock.frequency, np.array([one.time for one in begun])
        origins = np.array([self._series[one.id].origin for one in begun])
        positions = frequency.positions(times, origins)
        for place in np.flatnonzero(frequency.times(origins, positions) != times).tolist():
            self.remarks.say(said.MOVED, f"{begun[place].id} at {times[place]}")
        return map(int, positions)

    def _put(self, recent: Recent, one: Observation, position: int) -> Shot | None:
        """Takes a value; what there is to forecast from then, if it changes anything."""
        if math.isnan(one.value):
            self.remarks.say(said.MISSING, self._case(recent, position))
            recent.waiting += 1
            return None
        if not recent.holds(position):
            self.remarks.say(said.TOO_LATE, self._case(recent, position))
            return None
        self._remark(recent, position)
        recent.put(position, one.value)
        if recent.number < 0 and not self._take_up(recent, one):
            return None
        now = self._series[one.id]
        return Shot(now, now.length, now.values.copy(), now.counts > 0)

    def _remark(self, recent: Recent, position: int) -> None:
        if position > recent.newest + 1 and recent.length:
            self.remarks.say(said.GAP, f"before {self._case(recent, position)}")
        if position > recent.newest:
            return
        there = recent.counts[position - recent.length] > 0
        self.remarks.say(said.REPEATED if there else said.LATE, self._case(recent, position))

    def _take_up(self, recent: Recent, one: Observation) -> bool:
        """Whether a new series has what the model needs, and is now one of its own."""
        size = len(recent.values)
        if recent.length < size or 2 * (recent.counts > 0).sum() < size or self._is_refused(one):
            return False
        origin = self._clock.frequency.times(recent.origin, np.array([recent.length - size]))[0]
        series = recent.series_from(origin)
        try:
            number, scale = self._model.number_of(series), Scale.of(series.values)
        except DataError as error:
            self._refused.add(one.id)
            self.remarks.say(said.REFUSED, f"{one.id}: {error.given}")
            return False
        self._series[one.id] = recent.cut(self._model.reach, origin, number, scale.deviation)
        return True

    def _is_refused(self, one: Observation) -> bool:
        if one.id in self._refused:
            self.remarks.say(said.REFUSED, one.id)
        return one.id in self._refused

    def _case(self, recent: Recent, position: int) -> str:
        """A place of a series in words."""
        return f"{recent.id} at {self._clock.render(recent.origin, np.array([position]))[0]}"

    def _forecast(self, shots: Sequence[Shot]) -> list[Following]:
        if not shots:
            return []
        every = [shot.series for shot in shots]
        ends = [shot.length + shot.series.skipped for shot in shots]
        histories = Histories(
            np.array([one.number for one in every], dtype=np.int64),
            np.stack([shot.values for shot in shots]),
            np.stack([shot.seen for shot in shots]),
            np.array(ends, dtype=np.int64),
        )
        values = self._model.forecast(histories, self._steps)
        deviations = np.array([one.deviation for one in every])
        bounds = self._intervals(self._model, histories, values, deviations)
        own = ({name: bound[row] for name, bound in bounds.items()} for row in range(len(every)))
        return [
            Following(one.id, when[0], when[1:], row, beside)
            for one, when, row, beside in zip(every, self._times(shots), values, own, strict=True)
        ]

    def _times(self, shots: Sequence[Shot]) -> list[list[Any]]:
        """The newest time of each and the K that follow."""
        count = self._steps + 1
        origins = np.repeat(np.array([shot.series.origin for shot in shots]), count)
        first = np.array([shot.length - 1 for shot in shots])
        positions = (first[:, None] + np.arange(count)).reshape(-1)
        written = self._clock.render(origins, positions).to_list()
        return [written[start : start + count] for start in range(0, len(written), count)]
