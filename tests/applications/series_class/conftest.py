"""A classifier of series that rise or fall."""

from __future__ import annotations

import pytest
from made_waves import QUICK, waves

from recurra.applications.series_class import SeriesClassifier


@pytest.fixture(scope="session")
def series_classifier() -> SeriesClassifier:
    """Fitted on 60 waves."""
    return SeriesClassifier(**QUICK).fit(*waves(60))
