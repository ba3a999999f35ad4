from dataclasses import replace

import numpy as np
import pytest
import torch

from recurra.cells.elman import Elman
from recurra.conformance.same_as_torch import twin
from recurra.errors import CellError
from recurra.layers import Recurrent


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_activation_is_torchs_nonlinearity(activation):
    torch.manual_seed(0)
    layer = Recurrent(Elman(activation), 2, 4, 2, bidirectional=True, dtype=torch.float64)
    stranger = twin(layer, replace(Elman.check, options=(("nonlinearity", activation),)))
    x = torch.randn(6, 3, 2, dtype=torch.float64)
    for found, wanted in zip(layer(x), stranger(x), strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-12)


def test_sigmoid_is_the_equation_written_out():
    torch.manual_seed(1)
    layer = Recurrent(Elman("sigmoid"), 2, 3, dtype=torch.float64)
    torch.nn.init.normal_(layer.layers[0].forwards.b)
    x = torch.randn(5, 2, 2, dtype=torch.float64)
    output, last = layer(x)
    W, U, b = (layer.layers[0].forwards.get_parameter(n).detach().numpy() for n in "WUb")
    h = np.zeros((2, 3))
    for row, found in zip(x.numpy(), output.detach().numpy(), strict=True):
        h = 1 / (1 + np.exp(-(row @ W.T + h @ U.T + b)))
        np.testing.assert_allclose(found, h, rtol=1e-12)
    np.testing.assert_allclose(last[0].detach().numpy(), h, rtol=1e-12)


def test_an_activation_that_is_none_is_refused():
    with pytest.raises(CellError, match="'swish'") as caught:
        Elman("swish")
    assert caught.value.expected == "one of tanh, relu, sigmoid"
