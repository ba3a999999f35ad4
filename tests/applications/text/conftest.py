"""A language model of made-up verses."""

from __future__ import annotations

import pytest

from recurra.applications.text import LanguageModel
from recurra.applications.text.demo import verses

QUICK = {"units": 32, "layers": 1, "epochs": 8, "learning_rate": 2e-2}


@pytest.fixture(scope="session")
def model() -> LanguageModel:
    """Fitted on 80 verses."""
    return LanguageModel(**QUICK).fit([verses(80, seed=0)])
