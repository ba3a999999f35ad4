"""A small shop panel with one covariate of every kind."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from recurra.forecasting.covariates import Covariates, Roles
from recurra.forecasting.panel import Panel

START = np.datetime64("2024-01-01", "us")
DAY = np.timedelta64(1, "D")
ROLES = Roles(
    static=["kind", "size"],
    past=["temperature", "weather"],
    future=["price", "promotion"],
)


def shop_rows(name: str, days: int, ahead: int = 0, seed: int = 0) -> pl.DataFrame:
    """Rows of one shop; those ``ahead`` have no target and nothing that is known only later."""
    random = np.random.default_rng(seed)
    count = days + ahead
    known = np.arange(count) < days
    frame = pl.DataFrame(
        {
            "shop": [name] * count,
            "day": START + np.arange(count) * DAY,
            "sold": np.where(known, random.normal(50, 9, count).round(2), np.nan),
            "kind": ["city" if seed % 2 else "village"] * count,
            "size": [100.0 + seed] * count,
            "temperature": np.where(known, random.normal(10, 5, count).round(2), np.nan),
            "weather": random.choice(["sun", "rain", "snow"], count),
            "price": random.uniform(1, 3, count).round(2),
            "promotion": random.random(count) < 0.3,
        }
    )
    return frame.with_columns(pl.col("sold", "temperature").fill_nan(None))


def shop_frame(lengths: dict[str, int], ahead: int = 0) -> pl.DataFrame:
    return pl.concat(
        shop_rows(name, days, ahead, seed) for seed, (name, days) in enumerate(lengths.items())
    )


def read_shops(frame: Any, roles: Roles = ROLES) -> Panel:
    return Panel.from_frame(frame, id="shop", time="day", target="sold", further=roles.names)


def learn_shops(frame: Any, held_out: int = 5, horizon: int = 3, **options: Any) -> Covariates:
    roles = options.pop("roles", ROLES)
    panel = read_shops(frame, roles)
    trained = np.array([len(one.values) - held_out for one in panel.series])
    return Covariates.learn(panel, roles, trained, horizon, **options)


@pytest.fixture(scope="session")
def shops() -> Callable[..., pl.DataFrame]:
    """shops({name: days}, ahead): rows of shops by the day from 2024-01-01 on."""
    return shop_frame


@pytest.fixture(scope="session")
def read() -> Callable[..., Panel]:
    """read(frame, roles): the panel of such rows."""
    return read_shops


@pytest.fixture(scope="session")
def learn() -> Callable[..., Covariates]:
    """learn(frame, held_out, horizon, roles=, calendar=, holidays=): its covariates."""
    return learn_shops


@pytest.fixture(scope="session")
def roles() -> Roles:
    """The columns of such rows."""
    return ROLES
