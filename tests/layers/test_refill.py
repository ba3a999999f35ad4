import pytest
import torch
from torch import nn

from recurra.errors import OptionError
from recurra.layers import GRU, LSTM, Recurrent
from recurra.layers.refill import layers_of, refill


@pytest.mark.parametrize("layer", [Recurrent("lstm", 2, 3, 2), LSTM(2, 3, 2), GRU(2, 3, 2)])
def test_every_parameter_becomes_what_is_given_and_no_other_changes(layer):
    for number in range(2):
        for name, was in layer.weights(number, "forwards").items():
            before = {n: p.clone() for n, p in layer.weights(number, "forwards").items()}
            values = torch.randn_like(was)
            refill(layer, number, "forwards", name, values)
            after = layer.weights(number, "forwards")
            for other, found in after.items():
                assert torch.equal(found, values if other == name else before[other])


def test_all_layers_of_a_model_are_found():
    first, second = Recurrent("gru", 1, 2), LSTM(1, 2)
    model = nn.ModuleList([first, nn.Sequential(nn.Linear(1, 1), second)])
    assert layers_of(model) == [first, second]
    assert layers_of(first) == [first]


def test_a_model_without_one_is_refused():
    with pytest.raises(OptionError, match="a ReLU without a recurrent layer"):
        layers_of(nn.ReLU())
