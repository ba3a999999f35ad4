import pytest
import torch
from made_structures import CELLS, falls, layer, shaken

from recurra.errors import OptionError, ShapeError
from recurra.layers import Recurrent
from recurra.structures.one_to_one import OneToOne


def _model(cell):
    torch.manual_seed(0)
    return shaken(OneToOne(layer(cell), 2).double())


@pytest.mark.parametrize("cell", CELLS)
def test_steps_one_by_one_answer_as_the_sequence_at_once(cell):
    model, x, state = _model(cell), torch.randn(3, 5, 3).double(), None
    output, _ = model.recurrent(x)
    for t in range(5):
        answer, state = model.step(x[:, t], state)
        torch.testing.assert_close(answer, model.head(output[:, t]))
    torch.testing.assert_close(model(x[:, 0]), model.head(output[:, 0]))


@pytest.mark.parametrize("cell", CELLS)
def test_a_training_step_lowers_the_loss(cell):
    model, x, y = _model(cell), torch.randn(8, 3).double(), torch.randn(8, 2).double()
    assert falls(model, lambda: torch.nn.functional.mse_loss(model(x), y))


def test_two_directions_serve_a_single_step():
    assert OneToOne(layer("gru", bidirectional=True), 2)(torch.randn(3, 3).double()).shape == (3, 2)


def test_it_learns_exclusive_or():
    torch.manual_seed(1)
    model = OneToOne(Recurrent("lstm", 2, 8, batch_first=True), 1)
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    optimizer = torch.optim.Adam(model.parameters(), 0.05)
    for _ in range(200):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    assert ((model(x) > 0.5) == (y > 0.5)).all()


@pytest.mark.parametrize("shape", [(3,), (2, 5, 3), (2, 4), (0, 3)])
def test_an_input_of_another_shape_is_refused(shape):
    with pytest.raises(ShapeError):
        OneToOne(layer("gru"), 2)(torch.zeros(shape).double())


def test_a_layer_that_is_time_first_and_an_answer_of_nothing_are_refused():
    with pytest.raises(OptionError, match="batch_first=True"):
        OneToOne(Recurrent("gru", 3, 4), 2)
    with pytest.raises(OptionError):
        OneToOne(layer("gru"), 0)
