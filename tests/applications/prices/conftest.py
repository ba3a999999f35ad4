"""A model of made-up prices."""

from __future__ import annotations

import pytest
from made_prices import quotes

from recurra.applications.prices import PriceModel

QUICK = {"networks": 1, "units": 8, "epochs": 6, "lookback": 20, "learning_rate": 1e-2}


@pytest.fixture(scope="session")
def model() -> PriceModel:
    """Fitted on two tickers."""
    return PriceModel(**QUICK).fit([quotes("A", seed=0), quotes("B", seed=1)])
