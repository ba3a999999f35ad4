"""A model of made-up pieces."""

from __future__ import annotations

import pytest

from recurra.applications.music import MusicModel
from recurra.applications.music.demo import GRID, pieces

QUICK = {"units": 48, "epochs": 60, "batch_size": 4, "learning_rate": 1e-2}


@pytest.fixture(scope="session")
def model() -> MusicModel:
    """Fitted on 30 of them."""
    return MusicModel(**QUICK).fit(pieces(30, seed=0), grid=GRID)
