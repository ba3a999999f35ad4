import pytest
import torch
from torch import nn

from recurra.training.backward import backward


def test_gradients_are_those_of_torch_and_add_up():
    ours, theirs = (nn.Parameter(torch.tensor([1.0, 2.0])) for _ in range(2))
    for _ in range(2):
        backward((ours**3).sum())
        torch.autograd.backward((theirs**3).sum())
    assert ours.grad.tolist() == theirs.grad.tolist() == [6.0, 24.0]


def test_a_loss_of_a_type_of_its_own_takes_torchs_way():
    weight = nn.Parameter(torch.tensor(3.0))

    class Own(torch.Tensor):
        pass

    backward((weight**2).as_subclass(Own))
    assert weight.grad.item() == 6.0


def test_a_loss_that_hangs_on_no_parameter_is_an_error_as_in_torch():
    with pytest.raises(RuntimeError, match="does not require grad"):
        backward(torch.tensor(1.0))
