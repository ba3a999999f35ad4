import json
from dataclasses import dataclass

import pytest
import torch

from recurra import cells
from recurra.errors import CellError, OptionError
from recurra.forecasting import network as networks
from recurra.language import Cell, tanh


def test_it_reads_windows_of_one_number_a_step_and_answers_with_one():
    network = networks.build("gru", (5, 3))
    assert network.recurrent.hidden_sizes == (5, 3)
    assert network(torch.zeros(4, 7, 1)).shape == (4, 1)


@pytest.mark.parametrize("cell", cells.names())
def test_plain_data_build_the_same_network_again(cell):
    network = networks.build(cell, (5, 3))
    again = networks.from_json(json.loads(json.dumps(networks.to_json(network))))
    again.load_state_dict(network.state_dict())
    x = torch.randn(2, 7, 1)
    assert again.recurrent.cell == network.recurrent.cell
    assert torch.equal(again(x), network(x))


def test_an_unknown_cell_or_impossible_width_is_refused():
    with pytest.raises(CellError, match="lstm"):
        networks.build("lsmt", 8)
    with pytest.raises(OptionError, match="hidden_size=0"):
        networks.build("lstm", (8, 0))


@dataclass(frozen=True)
class Mine(Cell):
    states = ("h",)

    def step(self, p, x, h):
        return tanh(p.W @ x + p.U @ h)


def test_a_network_with_a_cell_of_ones_own_works_but_is_no_plain_data():
    network = networks.build(Mine(), 4)
    assert network(torch.zeros(2, 7, 1)).shape == (2, 1)
    with pytest.raises(OptionError, match="cell of your own, Mine"):
        networks.to_json(network)
