"""A classifier of reviews that are easy to tell apart."""

from __future__ import annotations

import pytest
from made_reviews import QUICK, reviews

from recurra.applications.sentiment import SentimentClassifier


@pytest.fixture(scope="session")
def classifier() -> SentimentClassifier:
    """Fitted on 160 reviews."""
    return SentimentClassifier(**QUICK).fit(*reviews(160))
