import math

import pytest
import torch

from recurra.cells.jordan import Jordan
from recurra.errors import CellError
from recurra.layers import Recurrent


@pytest.mark.parametrize("memory", [1.0, -0.1, math.nan, "0.5"])
def test_a_memory_that_would_not_fade_is_refused(memory):
    with pytest.raises(CellError, match="memory="):
        Jordan(memory=memory)


def test_an_activation_that_is_none_is_refused():
    with pytest.raises(CellError, match="'relu'"):
        Jordan("relu")


@pytest.mark.parametrize("memory", [0.0, 0.5])
def test_the_state_is_the_fading_sum_of_the_outputs(memory):
    torch.manual_seed(4)
    layer = Recurrent(Jordan("sigmoid", memory), 2, 3, dtype=torch.float64)
    output, state = layer(torch.randn(4, 2, 2, dtype=torch.float64))
    weights = torch.tensor([memory**k for k in (3, 2, 1, 0)], dtype=torch.float64)
    torch.testing.assert_close(state[0], torch.einsum("t,tbh->bh", weights, output))
    assert ((output > 0) & (output < 1)).all()
