"""A classifier of clips that go left or right."""

from __future__ import annotations

import pytest
from made_clips import QUICK, clips

from recurra.applications.action.videos import VideoClassifier


@pytest.fixture(scope="session")
def video_classifier() -> VideoClassifier:
    """Fitted on 60 clips."""
    return VideoClassifier(**QUICK).fit(*clips(60))
