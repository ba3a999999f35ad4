"""How covariates become numbers, learned from training rows only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.errors import OptionError
from recurra.forecasting.columns import Columns
from recurra.forecasting.covariates import calendar as calendars
from recurra.forecasting.covariates.cells import Categories, is_categorical, read_numbers
from recurra.forecasting.covariates.holidays import Holidays
from recurra.forecasting.covariates.numeric import NumericScale
from recurra.forecasting.covariates.placing import GridRows, Layout, Placed, Whole
from recurra.forecasting.covariates.roles import Roles
from recurra.forecasting.covariates.static import one_each
from recurra.forecasting.covariates.vocabulary import Vocabulary
from recurra.forecasting.panel import Panel
from recurra.tables.frequency import Frequency
from recurra.tables.times import TimeStyle
from recurra.tables.zones import Zone


@dataclass(frozen=True)
class Sizes:
    """What a network that reads covariates must know of them.

    Attributes:
        past: The numeric past-only columns by name, P.
        past_codes: The vocabulary size of each categorical one.
        future: The numeric columns that are known ahead, then calendar and holidays, F.
        future_codes: The vocabulary size of each categorical one.
        static: The numeric static columns, Q.
        static_codes: The vocabulary size of each categorical one, R of them.
        with_gaps: Names of numeric columns whose training points have gaps, so that a network can
            learn from their masks.
    """

    past: tuple[str, ...]
    past_codes: Mapping[str, int]
    future: tuple[str, ...]
    future_codes: Mapping[str, int]
    static: tuple[str, ...]
    static_codes: Mapping[str, int]
    with_gaps: frozenset[str]


@dataclass(frozen=True)
class Encoding:
    """How the covariates of one panel become numbers, there and in any later table.

    Attributes:
        roles: The columns.
        columns: Id, time and target of the table they stand in.
        frequency: Of the grid.
        style: How times are written.
        zone: In which time zone.
        scales: Of the numeric columns, by name.
        vocabularies: Of the categorical ones.
        calendar: Names of ``calendar.FEATURES``.
        holidays: A code of a country, or ``""``.
        notes: What was found while learning, a sentence each; not kept in a file.
    """

    roles: Roles
    columns: Columns
    frequency: Frequency
    style: TimeStyle
    zone: Zone
    scales: Mapping[str, NumericScale]
    vocabularies: Mapping[str, Vocabulary]
    calendar: tuple[str, ...] = ()
    holidays: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def learn(
        cls,
        panel: Panel,
        roles: Roles,
        trained: Whole,
        *,
        calendar: bool | Sequence[str] = False,
        holidays: str | None = None,
    ) -> Self:
        """Learns scales and vocabularies.

        Args:
            panel: Read with ``further=roles.names``.
            roles: The columns.
            trained: (S,) the training points of each series, from its first; 0 for a series that
                nothing is to be learned from.
            calendar: True for the features that suit the frequency, or names of
                ``calendar.FEATURES``.
            holidays: A code of a country: ``"DE"``, or ``"DE-BY"`` for a part of it.

        Raises:
            DataError: If a column is empty, holds times, cannot be read, or is static and changes
                within a series.
            OptionError: If the country or a calendar feature is unknown, or the panel was read
                without the columns.
        """
        _check(panel, roles, trained)
        if holidays:
            Holidays(holidays).check()
        scales: dict[str, NumericScale] = {}
        vocabularies: dict[str, Vocabulary] = {}
        notes: list[str] = []
        points = _Points.of(panel, trained)
        for name in roles.names:
            column = panel.further.table[name]
            static = name in roles.static
            if is_categorical(column, name in roles.categorical):
                vocabularies[name] = points.vocabulary(column, static)
            else:
                scales[name] = points.scale(column, static, notes)
        features = _features(panel, trained, calendar, notes)
        notes += _said(roles, scales, vocabularies, features, holidays)
        return cls(
            roles,
            panel.columns,
            panel.frequency,
            panel.style,
            panel.zone,
            scales,
            vocabularies,
            features,
            holidays or "",
            tuple(notes),
        )

    def numeric(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those of the columns that hold numbers."""
        return tuple(name for name in names if name in self.scales)

    def categorical(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those of the columns that hold categories."""
        return tuple(name for name in names if name in self.vocabularies)

    @property
    def of_time(self) -> tuple[str, ...]:
        """The names of the numbers that times alone tell: calendar, then holidays."""
        flags = Holidays.names(self.frequency) if self.holidays else ()
        return (*calendars.names_of(self.calendar), *flags)

    @property
    def sizes(self) -> Sizes:
        """What a network must know."""
        codes = [
            {name: self.vocabularies[name].size for name in self.categorical(names)}
            for names in (self.roles.past, self.roles.future, self.roles.static)
        ]
        return Sizes(
            self.numeric(self.roles.past),
            codes[0],
            (*self.numeric(self.roles.future), *self.of_time),
            codes[1],
            self.numeric(self.roles.static),
            codes[2],
            frozenset(name for name, scale in self.scales.items() if scale.gaps),
        )

    @property
    def told(self) -> dict[str, Any]:
        """What is read, as plain data: columns by their role, calendar and holidays, if any."""
        read = self.roles.to_json() | {"calendar": [*self.calendar], "holidays": self.holidays}
        return {name: one for name, one in read.items() if one}

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "roles": self.roles.to_json(),
            "columns": self.columns.to_json(),
            "frequency": self.frequency.code,
            "style": self.style.to_json(),
            "zone": self.zone.to_json(),
            "scales": [scale.to_json() for scale in self.scales.values()],
            "vocabularies": [one.to_json() for one in self.vocabularies.values()],
            "calendar": list(self.calendar),
            "holidays": self.holidays,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What :meth:`to_json` gave."""
        scales = [NumericScale.from_json(each) for each in data["scales"]]
        vocabularies = [Vocabulary.from_json(each) for each in data["vocabularies"]]
        return cls(
            Roles.from_json(data["roles"]),
            Columns.from_json(data["columns"]),
            Frequency.parse(data["frequency"]),
            TimeStyle.from_json(data["style"]),
            Zone.from_json(data["zone"]),
            {scale.name: scale for scale in scales},
            {one.name: one for one in vocabularies},
            tuple(data["calendar"]),
            str(data["holidays"]),
        )


@dataclass(frozen=True)
class _Points:
    """The points of a panel that may be learned from."""

    ids: tuple[str, ...]
    found: GridRows
    placed: Placed
    trained: NDArray[np.bool_]
    trained_series: NDArray[np.bool_]

    @classmethod
    def of(cls, panel: Panel, trained: Whole) -> Self:
        found, ids = GridRows.of(panel.further), tuple(one.id for one in panel.series)
        layout = Layout.of(np.array([len(one.values) for one in panel.series]))
        placed = Placed.of(layout, found)
        return cls(ids, found, placed, layout.inside(trained), trained > 0)

    def vocabulary(self, column: pl.Series, static: bool) -> Vocabulary:
        found = Categories.of(column)
        if static:
            rows = one_each(column, found.codes, self.found, self.ids)
            codes = np.where(rows >= 0, found.codes[rows], -1)[self.trained_series]
        else:
            codes = self.placed.codes(found.codes)[0][self.trained]
        return Vocabulary.learn(column.name, found, codes)

    def scale(self, column: pl.Series, static: bool, notes: list[str]) -> NumericScale:
        values, style, said = read_numbers(column)
        notes += said
        values = np.where(np.isinf(values), np.nan, values)
        if static:
            rows = one_each(column, values, self.found, self.ids)
            learned = np.where(rows >= 0, values[rows], np.nan)[self.trained_series]
        else:
            learned = self.placed.numbers(values)[self.trained]
        return NumericScale.learn(column.name, learned, style)


def _check(panel: Panel, roles: Roles, trained: Whole) -> None:
    absent = [name for name in roles.names if name not in panel.further.table]
    if absent:
        raise OptionError(
            f"the covariate {absent[0]!r}, which the panel was read without",
            "Panel.from_frame(frame, further=roles.names)",
        )
    lengths = np.array([len(one.values) for one in panel.series])
    fits = trained.shape == lengths.shape and bool(((trained >= 0) & (trained <= lengths)).all())
    if not fits:
        raise OptionError(
            f"training points of shape {trained.shape}", "one number a series, within its length"
        )


def _features(
    panel: Panel, trained: Whole, calendar: bool | Sequence[str], notes: list[str]
) -> tuple[str, ...]:
    """The calendar features asked for, or those that suit frequency and training part."""
    if calendar is False:
        return ()
    frequency = panel.frequency
    if calendar is not True:
        calendars.step_of(frequency)
        return calendars.check(calendar)
    if frequency.unit == "step":
        notes.append("calendar: none, since the series have steps and no times")
        return ()
    origins = np.array([one.origin for one in panel.series])
    spans = frequency.times(origins, np.maximum(trained - 1, 0)) - origins
    chosen = calendars.choose(frequency, int(spans.astype(np.int64).max()))
    if not chosen:
        notes.append("calendar: none, since no cycle longer than a step stands twice in training")
    return chosen


def _said(
    roles: Roles,
    scales: Mapping[str, NumericScale],
    vocabularies: Mapping[str, Vocabulary],
    features: Sequence[str],
    holidays: str | None,
) -> list[str]:
    """How each column was understood, a sentence a role, and what cannot be learned from."""
    kinds = dict.fromkeys(scales, "numbers")
    kinds |= {
        name: f"{len(one.categories):,} categor{'y' if len(one.categories) == 1 else 'ies'}"
        for name, one in vocabularies.items()
    }
    parts = (("static", roles.static), ("past", roles.past), ("known ahead", roles.future))
    notes = [
        f"{role}: {', '.join(f'{name} ({kinds[name]})' for name in names)}"
        for role, names in parts
        if names
    ]
    notes += [f"calendar: {', '.join(features)}"] if features else []
    notes += [f"holidays: {holidays}"] if holidays else []
    constant = [name for name, scale in scales.items() if scale.constant]
    if constant:
        held = "is" if len(constant) == 1 else "are"
        notes.append(
            f"{', '.join(constant)} {held} constant or empty in the training part: nothing can be "
            "learned from that"
        )
    return notes
