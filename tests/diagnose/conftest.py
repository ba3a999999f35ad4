"""Networks of which everything is known beforehand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from recurra import Recurrent
from recurra.cells import find

Scaled = Callable[..., Recurrent]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


@pytest.fixture
def scaled() -> Scaled:
    """A network h <- relu(scale Q h + x) with a permutation Q, in which all units stay above 0.

    Each Jacobian is scale Q, so that every norm, half-life and exponent is known.
    """

    def make(scale: float, *, units: int = 6, **options: object) -> Recurrent:
        layer = Recurrent(
            find("elman")("relu"), 2, units, batch_first=True, dtype=torch.float64, **options
        )
        with torch.no_grad():
            for number in range(layer.num_layers):
                for direction in layer.directions:
                    weights = layer.weights(number, direction)
                    weights["U"].copy_(scale * torch.eye(units).double()[torch.randperm(units)])
                    weights["W"].fill_(0.1)
                    weights["b"].fill_(0.1)
        return layer

    return make
