"""Many to one on padded batches, with every pooling."""

import pytest
import torch
from made_structures import CELLS, H, falls, layer, shaken

from recurra.errors import ShapeError
from recurra.layers import Recurrent
from recurra.structures import ManyToOne
from recurra.structures.heads import Categorical
from recurra.structures.pooling import AttentionPooling, LastStep, MaxPooling, MeanPooling

POOLINGS = {
    "last": LastStep,
    "mean": lambda recurrent: MeanPooling(),
    "max": lambda recurrent: MaxPooling(),
    "attention": lambda recurrent: AttentionPooling(recurrent.output_size, 3).double(),
}
LENGTHS = [5, 1, 3, 2]


def _model(cell, pooling, **options):
    torch.manual_seed(0)
    recurrent = layer(cell, **options)
    return shaken(ManyToOne(recurrent, 2, pooling=POOLINGS[pooling](recurrent)))


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_padded_batch_answers_as_its_rows_one_by_one(cell, pooling, bidirectional):
    model = _model(cell, pooling, bidirectional=bidirectional)
    x = torch.randn(4, 5, 3).double()
    wanted = torch.cat([model(x[r : r + 1, :n]) for r, n in enumerate(LENGTHS)])
    for r, n in enumerate(LENGTHS):
        x[r, n:] = torch.nan
    torch.testing.assert_close(model(x, LENGTHS), wanted)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_training_step_on_a_padded_batch_lowers_the_loss(pooling):
    model, x = _model("slstm", pooling, bidirectional=True), torch.randn(4, 5, 3).double()
    y = torch.randn(4, 2).double()
    assert falls(model, lambda: torch.nn.functional.mse_loss(model(x, [5, 0, 3, 2]), y))


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_row_without_a_step_gets_the_answer_to_zeros(pooling):
    model = _model("lstm", pooling, bidirectional=True)
    found = model(torch.randn(2, 4, 3).double(), [0, 4])
    torch.testing.assert_close(found[0], model.head(torch.zeros(2 * H).double()))


def test_a_layer_that_reads_from_the_end_answers_from_the_start():
    model = _model("gru", "last", reverse=True)
    x = torch.randn(2, 4, 3).double()
    _, state = model.recurrent(x, lengths=[4, 2])
    torch.testing.assert_close(model(x, [4, 2]), model.head(state[-1]))


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("lengths", [[5, 1], [-1, 2], [1], [1.0, 2.0]])
def test_lengths_that_do_not_fit_are_refused(pooling, lengths):
    with pytest.raises(ShapeError, match="lengths"):
        _model("gru", pooling)(torch.zeros(2, 4, 3).double(), lengths)


def test_a_head_of_ones_own_answers_in_its_own_way():
    torch.manual_seed(0)
    head = Categorical(H, 5, dtype=torch.float64)
    model = ManyToOne.with_head(layer("gru"), head, pooling=MeanPooling())
    x = torch.randn(2, 4, 3).double()
    torch.testing.assert_close(model(x), head(model.recurrent(x)[0].mean(1)))
    assert model.head is head
    assert head.loss(model.features(x), torch.tensor([0, 4])).isfinite()


def test_names_of_parameters_stay_what_saved_files_have():
    model = ManyToOne(Recurrent("gru", 1, 2, batch_first=True), 1)
    assert {name.split(".")[0] for name in model.state_dict()} == {"recurrent", "head"}
    assert {"head.weight", "head.bias"} <= set(model.state_dict())


def test_it_learns_to_find_a_mark_wherever_it_stands_by_attention():
    torch.manual_seed(0)
    recurrent = Recurrent("gru", 2, 8, batch_first=True)
    model = ManyToOne(recurrent, 1, pooling=AttentionPooling(8, 8))
    optimizer = torch.optim.Adam(model.parameters(), 0.03)
    for _ in range(120):
        x, place = torch.randn(64, 12, 2), torch.randint(12, (64,))
        x[..., 1] = torch.nn.functional.one_hot(place, 12)
        y = x[torch.arange(64), place, :1]
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
    assert loss < 0.15
