"""Models of DNA that is easy to learn from."""

from __future__ import annotations

import pytest
from made_dna import QUICK, QUICK_GENES, records, sequences

from recurra.applications.dna import Annotated, GeneFinder, SequenceClassifier


@pytest.fixture(scope="session")
def classifier() -> SequenceClassifier:
    """Fitted on 200 sequences."""
    return SequenceClassifier(**QUICK).fit(*sequences(200))


@pytest.fixture(scope="session")
def genome(tmp_path_factory: pytest.TempPathFactory) -> list[Annotated]:
    """40 genes."""
    return records(tmp_path_factory.mktemp("genome"), 40)


@pytest.fixture(scope="session")
def finder(genome: list[Annotated]) -> GeneFinder:
    """Fitted on it, too shortly to be good."""
    return GeneFinder(**QUICK_GENES).fit(genome)
