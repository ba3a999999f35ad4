import math

import pytest
import torch

from recurra.errors import OptionError, ShapeError
from recurra.layers import Recurrent
from recurra.structures import ManyToOne


@pytest.mark.parametrize("cell", ["lstm", "gru", "elman"])
def test_it_answers_from_the_last_output(cell):
    torch.manual_seed(0)
    model = ManyToOne(Recurrent(cell, 2, (4, 5), batch_first=True), 3)
    x = torch.randn(6, 7, 2)
    output, _ = model.recurrent(x)
    assert model(x).shape == (6, 3)
    torch.testing.assert_close(model(x), model.head(output[:, -1]))


def test_two_directions_answer_from_the_two_ends():
    torch.manual_seed(1)
    model = ManyToOne(Recurrent("lstm", 2, (3, 5), bidirectional=True, batch_first=True), 4)
    x = torch.randn(6, 7, 2)
    output, (h, _) = model.recurrent(x)
    ends = torch.cat([output[:, -1, :5], output[:, 0, 5:]], dim=-1)
    torch.testing.assert_close(model(x), model.head(ends))
    torch.testing.assert_close(ends, torch.cat(h[-2:], dim=-1))


def test_one_step_is_a_sequence():
    model = ManyToOne(Recurrent("gru", 2, 3, batch_first=True, bidirectional=True), 1)
    assert model(torch.randn(4, 1, 2)).shape == (4, 1)


def test_the_head_starts_as_keras_starts_a_dense_layer():
    model = ManyToOne(Recurrent("lstm", 1, 400, batch_first=True), 10)
    limit = math.sqrt(6 / 410)
    assert 0.95 * limit < model.head.weight.abs().max() <= limit
    assert (model.head.bias == 0).all()


def test_the_head_has_the_type_of_the_recurrent_part():
    recurrent = Recurrent("lstm", 1, 4, batch_first=True, dtype=torch.float64)
    assert ManyToOne(recurrent, 1)(torch.zeros(2, 3, 1, dtype=torch.float64)).dtype == torch.float64


def test_a_recurrent_part_that_is_time_first_is_refused():
    with pytest.raises(OptionError, match="batch_first=True"):
        ManyToOne(Recurrent("lstm", 1, 4), 1)


@pytest.mark.parametrize("size", [0, -1])
def test_an_answer_of_no_numbers_is_refused(size):
    with pytest.raises(OptionError, match=f"output_size={size}"):
        ManyToOne(Recurrent("lstm", 1, 4, batch_first=True), size)


@pytest.mark.parametrize("shape", [(5, 1), (1,), (2, 3, 4, 1), (2, 3, 2), (2, 0, 1)])
def test_an_input_of_another_shape_is_refused(shape):
    with pytest.raises(ShapeError) as caught:
        ManyToOne(Recurrent("lstm", 1, 4, batch_first=True), 1)(torch.zeros(shape))
    assert str(shape) in caught.value.given
