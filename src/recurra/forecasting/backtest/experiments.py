"""The experiments of a leakage audit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.errors import RecurraError
from recurra.forecasting.backtest.disturbing import disturbed, readable
from recurra.forecasting.backtest.findings import Finding
from recurra.forecasting.backtest.forecasts import Forecasts
from recurra.forecasting.backtest.foretelling import foretold
from recurra.forecasting.backtest.learned import (
    differing,
    judged_apart,
    learned,
    of_the_judged,
    settled,
)
from recurra.forecasting.backtest.model import OWN, Model, anew, fitted
from recurra.forecasting.backtest.planning import plan
from recurra.forecasting.backtest.rolling import Course, roll
from recurra.forecasting.columns import read_columns

Make = Callable[[Any], Model]
"""Makes an unfitted forecaster; it is given the frame, whose future it must make no use of."""

Mask = NDArray[np.bool_]


@dataclass
class _Watched:
    """A forecaster that writes down what each fit has learned."""

    model: Model
    log: list[dict[str, str]]

    def fit(self, df: Any, **columns: str) -> None:
        self.model.fit(df, **columns)
        self.log.append(learned(self.model))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)


@dataclass(frozen=True)
class _Seen:
    """What a run showed: forecasts (S, W, K) by column, and what its first fit learned."""

    columns: dict[str, NDArray[np.float64]]
    leaves: dict[str, str]

    @classmethod
    def of(cls, forecasts: Forecasts, leaves: dict[str, str]) -> _Seen:
        return cls(forecasts.columns, leaves)

    def part(self, series: slice, windows: slice) -> _Seen:
        """Of some series and windows; what was learned is of all."""
        cut = {name: values[series, windows] for name, values in self.columns.items()}
        return _Seen(cut, self.leaves)

    @property
    def count(self) -> int:
        return sum(values.size for values in self.columns.values()) + len(self.leaves)

    def unlike(self, other: _Seen) -> list[str]:
        """What differs, by name; bits, not values, are compared."""
        forecasts = [
            "forecasts" if "-" not in name else f"intervals ({name})"
            for name, values in self.columns.items()
            if values.tobytes() != other.columns[name].tobytes()
        ]
        return forecasts + differing(self.leaves, other.leaves)


@dataclass
class Bench:
    """Runs a forecaster on variants of a table."""

    make: Make
    course: Course
    seed: int
    _plain: _Seen = field(init=False)
    _table: pl.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        past = self.course.past
        self._table = readable(past.table, past.covariates)

    @property
    def covariates(self) -> list[str]:
        """Those that are not known ahead."""
        roles = self.course.covariates
        kept = {*roles.get("future", ()), *roles.get("static", ())}
        return [name for name in self.course.past.covariates if name not in kept]

    def repeated(self) -> Finding:
        """The same twice."""
        self._plain = self._run(self._table)
        unlike = self._plain.unlike(self._run(self._table))
        leaks = (f"without any change {_listed(unlike)} came out different",) if unlike else ()
        return Finding("the same data twice", leaks, self._plain.count)

    def changed(self) -> list[Finding]:
        """After each origin everything becomes another."""
        return [self._changed_after(window) for window in range(self.course.origins.windows)]

    def _changed_after(self, window: int) -> Finding:
        names = [self.course.past.target, *self.covariates]
        after = self._after(window)
        told = f"after origin {window + 1} everything else"
        unlike, count = self._compare(disturbed(self._table, names, after, self.seed), window)
        if not unlike:
            return Finding(told, (), count)
        causes = self._causes(window) or ["what comes after"]
        return Finding(
            told, tuple(f"{_listed(unlike)} depend on {cause}" for cause in causes), count
        )

    def _causes(self, window: int) -> list[str]:
        """Which of the changes alone makes a difference."""
        past, after, found = self.course.past, self._after(window), []
        parts = [past.target, *self.covariates]
        for name in parts:
            table = disturbed(self._table, [name], after, self.seed)
            if self._compare(table, window)[0]:
                found.append(f"values of {name} after the origin")
        others = after & (past.owners != 0)
        if others.any():
            table = disturbed(self._table, parts, others, self.seed)
            if self._compare(table, window, series=slice(0, 1))[0]:
                found.append("later values of other series")
        return found

    def _compare(
        self, table: pl.DataFrame, window: int, series: slice = slice(None)
    ) -> tuple[list[str], int]:
        """What differs up to an origin, and how much was compared."""
        here = series, slice(0, window + 1)
        plain = self._plain.part(*here)
        return plain.unlike(self._run(table).part(*here)), plain.count

    def removed(self) -> Finding:
        """Nothing after the first origin: the forecaster is made and fitted with what is before."""
        rows = self.course.past.places < self.course.known[:, 0][self.course.past.owners]
        plain = self._plain.part(slice(None), slice(0, 1))
        unlike = plain.unlike(self._ask(self._table.filter(pl.Series(rows))))
        leaks = (f"{_listed(unlike)} depend on there being a future",) if unlike else ()
        return Finding("nothing after origin 1", leaks, plain.count)

    def in_view(self) -> Finding:
        """Rows after the first origin with an empty target and other covariates."""
        told = f"covariates not known ahead ({', '.join(self.covariates)}) in rows to be forecast"
        after, target = self._after(0), self.course.past.target
        emptied = pl.when(pl.Series(~after)).then(pl.col(target))
        table = self._table.with_columns(emptied.alias(target))
        try:
            plain = self._ask(table)
            unlike = plain.unlike(self._ask(disturbed(table, self.covariates, after, self.seed)))
        except RecurraError as error:
            return Finding(told, skipped=f"the forecaster takes no such rows: {error.given}")
        leaks = (f"{_listed(unlike)} depend on covariates not known ahead",) if unlike else ()
        return Finding(told, leaks, plain.count)

    def foretelling(self) -> Finding:
        """Whether a covariate holds the target's future."""
        past, leaks = self.course.past, []
        numeric = [name for name in self.covariates if self._table[name].dtype.is_numeric()]
        for name in numeric:
            ahead = self._foretold(name)
            if ahead:
                steps = "1 step" if ahead == 1 else f"{ahead} steps"
                leaks.append(f"{name} tells {past.target} {steps} ahead")
        return Finding("covariates beside the target's future", tuple(leaks), len(numeric))

    def _foretold(self, name: str) -> int:
        """How far a covariate tells the target in most of the series."""
        past, horizon = self.course.past, self.course.origins.horizon
        x, y = (self._table[n].cast(pl.Float64).to_numpy() for n in (name, past.target))
        ahead = [
            foretold(x[past.owners == number], y[past.owners == number], horizon)
            for number in range(min(len(self.course.names), 20))
        ]
        return int(np.median(ahead))

    def held_out(self) -> Finding:
        """Another part to be judged by; then both forecast on from the same history."""
        told = "the part that the forecaster keeps to be judged by"
        plain = self._fitted(self._table)
        test = getattr(getattr(plain, "plan_", None), "test", None)
        if not test:
            return Finding(told, skipped="the forecaster names no such part (plan_.test)")
        past = self.course.past
        lengths = np.bincount(past.owners)
        rows = past.places >= (lengths - int(test))[past.owners]
        other = self._fitted(disturbed(self._table, self._changeable, rows, self.seed))
        one, two = settled(learned(plain)), settled(learned(other))
        if judged_apart(plain):
            # What forecasts knows that part, as it may; what was judged by it must not.
            one, two = of_the_judged(one), of_the_judged(two)
            unlike = differing(one, two)
        else:
            unlike = differing(one, two) + self._unlike_from_here(plain, other)
        leaks = (f"{_listed(unlike)} depend on the part kept to be judged by",) if unlike else ()
        return Finding(told, leaks, len(one) + len(past.table[past.id].unique()))

    @property
    def _changeable(self) -> list[str]:
        return [self.course.past.target, *self.covariates]

    def _unlike_from_here(self, plain: Any, other: Any) -> list[str]:
        """Whether two fitted models forecast differently on from the same history."""
        frame, horizon = self.course.past.as_given(self._table), self.course.origins.horizon
        if self.course.covariates.get("future"):
            return []  # There are no rows ahead of the table to be forecast with.
        for model in (plain, other):
            model.update(frame)
        one, two = (read_columns(m.predict(horizon=horizon))[OWN] for m in (plain, other))
        return [] if one.to_numpy().tobytes() == two.to_numpy().tobytes() else ["forecasts"]

    def _after(self, window: int) -> Mask:
        past = self.course.past
        return np.asarray(past.places >= self.course.known[:, window][past.owners])

    def _run(self, table: pl.DataFrame) -> _Seen:
        """A whole backtest on a table, read anew as a user's would be."""
        past, origins = self.course.past, self.course.origins
        frame = past.as_given(table)
        columns: dict[str, str | None] = {"id": past.id, "time": past.time, "target": past.target}
        course, _, _ = plan(
            self.make(frame), frame, columns, refit=False, level=self.course.level or None,
            horizon=origins.horizon, n_windows=origins.windows, step_size=origins.step,
            covariates=self.course.covariates,
        )  # fmt: skip
        log: list[dict[str, str]] = []
        horizon, roles = origins.horizon, course.covariates
        forecasts = roll(lambda: _Watched(anew(self.make(frame), horizon, roles), log), course)
        return _Seen.of(forecasts, log[0])

    def _fitted(self, table: pl.DataFrame) -> Model:
        frame = self.course.past.as_given(table)
        model = anew(self.make(frame), self.course.origins.horizon, self.course.covariates)
        return fitted(model, frame, self.course.columns)

    def _ask(self, table: pl.DataFrame) -> _Seen:
        """Fitted on a table at once, the forecasts from the first origin."""
        model = self._fitted(table)
        leaves, course = learned(model), self.course
        read = course.ask(model, 0, course.known[:, 0], replace(course.past, table=self._table))
        return _Seen.of(Forecasts.stack([read]), leaves)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown + (f" and {len(names) - 3} more" if len(names) > 3 else "")
