"""Hourly frames, and a way to the findings of one check."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from recurra.forecasting.doctor import Finding, Inspection, Severity


def hourly(values: NDArray[np.float64], start: str = "2024-01-01") -> pl.DataFrame:
    times = np.datetime64(start, "us") + np.arange(len(values)) * np.timedelta64(
        3_600_000_000, "us"
    )
    return pl.DataFrame({"ds": times, "y": values})


@pytest.fixture(scope="session")
def hours() -> Callable[..., pl.DataFrame]:
    """hours(values, start): columns ds and y, an hour apart."""
    return hourly


@pytest.fixture(scope="session")
def daily_wave() -> NDArray[np.float64]:
    """Thirty days of hours with a daily season and noise."""
    noise = np.random.default_rng(3).normal(0, 0.3, 720)
    return 10 + 3 * np.sin(np.arange(720) * 2 * np.pi / 24) + noise


@pytest.fixture(scope="session")
def findings() -> Callable[[Inspection, str], list[Finding]]:
    """findings(inspection, check): those of one check that are more than ok."""

    def pick(inspection: Inspection, check: str) -> list[Finding]:
        chosen = [one for one in inspection.findings if one.check == check]
        return [one for one in chosen if one.severity > Severity.OK]

    return pick


@pytest.fixture(scope="session")
def only(findings: Any) -> Callable[[Inspection, str], Finding]:
    """only(inspection, check): the one finding of a check that is more than ok."""

    def pick(inspection: Inspection, check: str) -> Finding:
        (one,) = findings(inspection, check)
        return one

    return pick
