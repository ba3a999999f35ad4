"""A recogniser that has learned the letters of a synthesiser."""

from __future__ import annotations

import pytest
from made_speech import QUICK, words

from recurra.applications.speech import SpeechRecogniser


@pytest.fixture(scope="session")
def recogniser() -> SpeechRecogniser:
    """Fitted on 160 single words, joined in every second step."""
    return SpeechRecogniser(**QUICK).fit(*words(160))
