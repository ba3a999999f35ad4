"""With as many inputs as units the mutated units take the input as it is, as in their paper."""

import pytest
import torch

from recurra.layers import Recurrent


def _mut1(q, x, h):
    z = torch.sigmoid(x @ q["W_z"].T + q["b_z"])
    r = torch.sigmoid(x @ q["W_r"].T + h @ q["U_r"].T + q["b_r"])
    return z, torch.tanh((r * h) @ q["U_n"].T + torch.tanh(x) + q["b_n"])


def _mut2(q, x, h):
    z = torch.sigmoid(x @ q["W_z"].T + h @ q["U_z"].T + q["b_z"])
    r = torch.sigmoid(x + h @ q["U_r"].T + q["b_r"])
    return z, torch.tanh((r * h) @ q["U_n"].T + x @ q["W_n"].T + q["b_n"])


@pytest.mark.parametrize(("name", "equations"), [("mut1", _mut1), ("mut2", _mut2)])
def test_the_equations_are_those_of_the_paper(name, equations):
    torch.manual_seed(5)
    layer = Recurrent(name, 3, 3, dtype=torch.float64)
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    x = torch.randn(4, 2, 3, dtype=torch.float64, requires_grad=True)
    output, _ = layer(x)
    h = torch.zeros(2, 3, dtype=torch.float64)
    q, wanted = dict(layer.layers[0].forwards.named_parameters()), []
    for row in x:
        z, n = equations(q, row, h)
        h = n * z + h * (1 - z)
        wanted.append(h)
    torch.testing.assert_close(output, torch.stack(wanted), rtol=1e-12, atol=1e-12)
    # The input takes part twice, as it is and through matrices: its gradient is the sum.
    for found, right in zip(
        torch.autograd.grad(output.sin().sum(), [x, *q.values()]),
        torch.autograd.grad(torch.stack(wanted).sin().sum(), [x, *q.values()]),
        strict=True,
    ):
        torch.testing.assert_close(found, right, rtol=1e-10, atol=1e-12)
