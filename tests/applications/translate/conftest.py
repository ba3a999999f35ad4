"""Two translators, one that knows its language and one that does not."""

from __future__ import annotations

import pytest
from made_pairs import TINY, columns

from recurra.applications.translate import Translator


@pytest.fixture(scope="session")
def translator() -> Translator:
    """Fitted on 180 of its 240 sentences."""
    sources, targets = columns(200)
    options = {"units": 64, "epochs": 30, "learning_rate": 1e-2, "vocabulary_size": 400}
    return Translator(**options).fit(sources, targets)


@pytest.fixture(scope="session")
def poor() -> Translator:
    """Fitted in a second: it runs, and knows nothing."""
    return Translator(**TINY).fit(*columns(60))
