"""A tagger of sentences that are easy to tag."""

from __future__ import annotations

import pytest
from made_sentences import QUICK, sentences

from recurra.applications.ner import EntityTagger


@pytest.fixture(scope="session")
def tagger() -> EntityTagger:
    """Fitted on 160 sentences."""
    return EntityTagger(**QUICK).fit(*sentences(160))
