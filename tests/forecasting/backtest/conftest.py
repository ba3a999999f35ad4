"""A forecaster that repeats the last season and remembers what it was shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from recurra.errors import RecurraError
from recurra.forecasting.backtest import automatic
from recurra.tables.frequency import Frequency


class LastSeason:
    """Forecasts the last ``season`` values again, plus ``bias``; intervals of ``width`` a percent.

    ``seen`` is for all copies: the tables that each was fitted or updated with, in order.
    """

    seen: list[tuple[str, pl.DataFrame]] = []  # noqa: RUF012 - shared on purpose

    def __init__(self, season=1, horizon=None, bias=0.0, width=0.1, least=1):
        self.season, self.horizon, self.bias = season, horizon, bias
        self.width, self.least = width, least

    def get_params(self) -> dict[str, Any]:
        names = ("season", "horizon", "bias", "width", "least")
        return {name: getattr(self, name) for name in names}

    def fit(self, df, *, id, time, target, **roles):  # noqa: A002
        self.columns, self.roles = (id, time, target), roles
        self.scale_ = float(as_polars(df)[target].drop_nulls().drop_nans().mean())
        return self._take("fit", df)

    def update(self, df):
        return self._take("update", df)

    def _take(self, how, df):
        table = as_polars(df)
        LastSeason.seen.append((how, table))
        self.kind = nw.from_native(df, eager_only=True).implementation
        self.parts = {
            key[0]: part
            for key, part in table.group_by(self.columns[0], maintain_order=True)
            if len(part) >= self.least
        }
        return self

    def predict(self, horizon=None, level=None, future=None):
        ids, times, values = [], [], []
        for key, part in self.parts.items():
            stamps = part[self.columns[1]].to_numpy()
            stamps = stamps.astype("M8[us]") if stamps.dtype.kind == "M" else stamps
            step = Frequency.infer(stamps)
            after = step.times(stamps[0], len(stamps) + np.arange(horizon))
            known = part[self.columns[2]].fill_nan(None).forward_fill().to_numpy()
            values.append(known[len(known) - self.season + np.arange(horizon) % self.season])
            ids += [key] * horizon
            times.append(after)
        point = np.concatenate([np.zeros(0), *values]) + self.bias
        frame = {"unique_id": ids, "ds": np.concatenate(times or [[]]), "recurra": point}
        for percent in level or ():
            frame[f"recurra-lo-{percent:g}"] = point - self.width * percent
            frame[f"recurra-hi-{percent:g}"] = point + self.width * percent
        return nw.from_dict(frame, backend=self.kind).to_native()


def as_polars(frame: Any) -> pl.DataFrame:
    table = nw.from_native(frame, eager_only=True)
    return pl.DataFrame({name: table[name].to_numpy() for name in table.columns})


@pytest.fixture(autouse=True, scope="session")
def no_statsforecast() -> Iterator[None]:
    """The tests are the same, and as quick, wherever they run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(automatic, "installed", lambda: False)
        yield


@pytest.fixture(scope="session")
def repeating() -> type[LastSeason]:
    """The class, for what is made once for several tests."""
    return LastSeason


@pytest.fixture
def last_season() -> Iterator[type[LastSeason]]:
    """The class, nothing seen yet."""
    LastSeason.seen.clear()
    yield LastSeason
    LastSeason.seen.clear()


@pytest.fixture(scope="session")
def numbered() -> Callable[..., pl.DataFrame]:
    """numbered(a=5, b=7): series of so many points whose values are their own places."""

    def make(**lengths: int) -> pl.DataFrame:
        return pl.concat(
            pl.DataFrame({"unique_id": [name] * n, "ds": np.arange(n), "y": np.arange(n) * 1.0})
            for name, n in lengths.items()
        )

    return make


@pytest.fixture(scope="session")
def months() -> Callable[..., pl.DataFrame]:
    """months(values): one series of months from January 2010."""

    def make(values: Any, name: str = "a") -> pl.DataFrame:
        end = pl.date(2010, 1, 1).dt.offset_by(f"{len(values) - 1}mo")
        days = pl.date_range(pl.date(2010, 1, 1), end, "1mo", eager=True)
        return pl.DataFrame({"unique_id": [name] * len(values), "ds": days, "y": values})

    return make


@pytest.fixture
def assert_says() -> Callable[..., None]:
    """Checks that an error says what was given and expected, and holds these words."""

    def check(error: RecurraError, *said: str) -> None:
        assert error.given
        assert error.expected
        for words in said:
            assert words in str(error), f"{words!r} is not in:\n{error}"

    return check
