import json
from dataclasses import dataclass

import pytest
import torch

from recurra import cells
from recurra.errors import CellError, ModelFileError, OptionError
from recurra.forecasting.stepwise import network as networks
from recurra.language import Cell, tanh


def test_it_reads_windows_of_one_number_a_step_and_answers_with_one():
    network = networks.build("gru", (5, 3))
    assert network.recurrent.hidden_sizes == (5, 3)
    assert network(torch.zeros(4, 7, 1)).shape == (4, 1)


EVERY_CELL = [cells.find(name)() for name in cells.names()]
REGULARISED = [
    cells.Zoneout(cells.LSTM(), (0.1, 0.5)),
    cells.RecurrentDropout(cells.LayerNorm(cells.GRU()), 0.2),
]


@pytest.mark.parametrize("cell", [*EVERY_CELL, *REGULARISED], ids=lambda cell: cell.name)
def test_plain_data_build_the_same_network_again(cell):
    network = networks.build(cell, (8, 8)).eval()
    again = networks.from_json(json.loads(json.dumps(networks.to_json(network)))).eval()
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
    leak: float = 0.5

    def step(self, p, x, h):
        return self.leak * h + tanh(p.W @ x + p.U @ h)


def stored(cell):
    return json.loads(json.dumps(networks.to_json(networks.build(cell, 4))))


def test_a_network_with_a_cell_of_ones_own_is_built_again_of_the_data_and_the_cell():
    network = networks.build(Mine(), 4)
    again = networks.from_json(stored(Mine()), Mine())
    again.load_state_dict(network.state_dict())
    x = torch.randn(2, 7, 1)
    assert torch.equal(again(x), network(x))


@pytest.mark.parametrize("cell", [Mine(), cells.Zoneout(Mine(), 0.2)])
def test_a_cell_of_ones_own_that_is_not_given_is_asked_for_with_its_equations(cell, assert_helpful):
    with pytest.raises(ModelFileError, match="a cell of your own") as caught:
        networks.from_json(stored(cell))
    assert_helpful(caught.value, "Mine(leak=0.5)", "hₜ = 0.5 hₜ₋₁ + tanh(W xₜ + U hₜ₋₁)", "--cell")


@pytest.mark.parametrize(
    ("kept", "given", "said"),
    [
        (Mine(), Mine(0.25), "leak=0.5 in the file, leak=0.25 given"),
        (Mine(), Mine(0.25), "given:       hₜ = 0.25 hₜ₋₁ + tanh(W xₜ + U hₜ₋₁)"),
        (cells.Zoneout(Mine()), Mine(), "in the file: Zoneout(cell=Mine(leak=0.5), rate=0.1)"),
        (Mine(), cells.GRU(), "given:       gru()"),
        (cells.GRU(), Mine(), "in the file: gru()"),
    ],
)
def test_another_cell_than_that_of_the_data_is_refused_and_the_difference_shown(
    kept, given, said, assert_helpful
):
    with pytest.raises(
        ModelFileError, match="not the one that the model was fitted with"
    ) as caught:
        networks.from_json(stored(kept), given)
    assert_helpful(caught.value, said)


def test_the_cell_may_be_given_where_the_data_say_it_all():
    assert networks.from_json(stored(cells.GRU()), cells.GRU()).recurrent.cell == cells.GRU()
