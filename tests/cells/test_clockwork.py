import pytest
import torch

from recurra.cells.clockwork import Clockwork
from recurra.errors import CellError
from recurra.layers import Recurrent


@pytest.mark.parametrize("periods", [(), (2, 1), (1, 1), (0, 1), (1, 2.5), (True, 2), [1, 2], 3])
def test_periods_that_are_none_are_refused(periods):
    with pytest.raises(CellError, match="periods="):
        Clockwork(periods)


def test_each_module_moves_at_multiples_of_its_period_only():
    torch.manual_seed(2)
    output, _ = Recurrent(Clockwork((1, 3, 4)), 2, 6)(torch.randn(13, 1, 2))
    moved = (output[1:] != output[:-1]).reshape(12, 3, 2).all(-1)
    assert [[t for t in range(1, 13) if moved[t - 1, m]] for m in range(3)] == [
        list(range(1, 13)),
        [3, 6, 9, 12],
        [4, 8, 12],
    ]


def test_a_slow_module_does_not_hear_a_faster_one():
    torch.manual_seed(3)
    layer = Recurrent(Clockwork((1, 2)), 2, 4)
    x = torch.randn(6, 1, 2)
    before = layer(x)[0]
    with torch.no_grad():
        layer.layers[0].forwards.U[2:, :2] += 1
        assert torch.equal(layer(x)[0], before)
        layer.layers[0].forwards.U[:2, 2:] += 1
        assert not torch.equal(layer(x)[0][..., :2], before[..., :2])
