import pytest
import torch
from made_structures import CELLS, DOUBLE, E, H, V, embedding, falls, layer, shaken
from torch import nn

from recurra.errors import OptionError, ShapeError
from recurra.layers import Recurrent
from recurra.structures.conditioning import AsFirstStep, AtEveryStep, InBothWays
from recurra.structures.decoding import beam_search, greedy
from recurra.structures.generation import generate
from recurra.structures.heads import Categorical, PenStrokes
from recurra.structures.one_to_many import OneToMany

C = 2
CONDITIONINGS = {
    "first": (AsFirstStep(C, E, dtype=DOUBLE), E),
    "every": (AtEveryStep(C), E + C),
    "both": (InBothWays(C, E + C, dtype=DOUBLE), E + C),
}


def _model(cell, kind, **options):
    torch.manual_seed(0)
    conditioning, inputs = CONDITIONINGS[kind]
    head = Categorical(H, V, dtype=DOUBLE)
    recurrent = layer(cell, inputs, **options)
    return shaken(OneToMany(recurrent, head, conditioning, embedding=embedding()))


@pytest.mark.parametrize("kind", CONDITIONINGS)
@pytest.mark.parametrize("cell", CELLS)
def test_steps_one_by_one_answer_as_the_sequence_at_once(cell, kind):
    model, condition, x = _model(cell, kind), torch.randn(3, C).double(), torch.randint(V, (3, 5))
    whole, rows = model(condition, x), torch.tensor([1, 1, 2])
    state = model.select(model.start(condition), rows)
    for t in range(5):
        found, state = model.step(x[rows, t], state)
        torch.testing.assert_close(found, whole[rows, t])


@pytest.mark.parametrize("kind", CONDITIONINGS)
@pytest.mark.parametrize("cell", CELLS)
def test_it_trains_on_padded_batches_and_writes(cell, kind):
    model, condition = _model(cell, kind), torch.randn(3, C).double()
    x = torch.randint(V, (3, 6))
    loss = model.loss(condition, x[:, :-1], x[:, 1:], [5, 0, 2])
    one = [
        model.loss(condition[r : r + 1], x[r : r + 1, :n], x[r : r + 1, 1 : n + 1]) * n
        for r, n in ((0, 5), (2, 2))
    ]
    torch.testing.assert_close(loss, sum(one) / 7)
    x[2, 3:] = -1
    assert falls(model, lambda: model.loss(condition, x[:, :-1], x[:, 1:], [5, 0, 2]))
    found = greedy(model, torch.zeros(3).long(), model.start(condition), end=1, max_length=7)
    assert found.lengths.max() <= 7
    written = torch.cat([torch.zeros(3, 1).long(), found.symbols[:, :-1]], 1)
    best = model(condition, written).argmax(-1)
    for row, length in enumerate(found.lengths.tolist()):
        assert torch.equal(best[row, :length], found.symbols[row, :length])


@pytest.mark.parametrize("kind", CONDITIONINGS)
def test_the_condition_matters_and_gets_a_gradient(kind):
    model, x = _model("gru", kind), torch.randint(V, (2, 4))
    condition = torch.randn(2, C).double().requires_grad_()
    model.loss(condition, x, x).backward()
    assert (condition.grad != 0).all()


def test_at_every_step_is_the_condition_beside_each_input():
    model, x = _model("lstm", "every"), torch.randint(V, (2, 4))
    condition = torch.randn(2, C).double()
    beside = torch.cat([model.embedding(x), condition.unsqueeze(1).expand(2, 4, C)], -1)
    torch.testing.assert_close(model.features(condition, x), model.recurrent(beside)[0])


@pytest.mark.parametrize("cell", ["slstm", "clockwork", "lstm"])
def test_as_first_step_is_a_sequence_that_is_one_longer(cell):
    model, x = _model(cell, "first", num_layers=2), torch.randint(V, (2, 4))
    condition = torch.randn(2, C).double()
    first = model.conditioning.first.input(condition).unsqueeze(1)
    whole, _ = model.recurrent(torch.cat([first, model.embedding(x)], 1))
    torch.testing.assert_close(model.features(condition, x), whole[:, 1:])


def test_it_learns_to_spell_out_its_condition_and_to_stop():
    torch.manual_seed(0)
    recurrent = Recurrent("gru", 8, 24, batch_first=True)
    model = OneToMany(
        recurrent, Categorical(24, 6), AsFirstStep(3, 8), embedding=nn.Embedding(6, 8)
    )
    words = torch.tensor([[2, 3, 1, 1], [5, 5, 4, 1], [3, 1, 1, 1]])
    lengths = torch.tensor([3, 4, 2])
    inputs = torch.cat([torch.zeros(3, 1).long(), words[:, :-1]], 1)
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for _ in range(80):
        optimizer.zero_grad()
        model.loss(torch.eye(3), inputs, words, lengths).backward()
        optimizer.step()
    model.eval()
    for decode in (greedy, beam_search):
        found = decode(model, torch.zeros(3).long(), model.start(torch.eye(3)), end=1, max_length=9)
        assert found.sequences() == [[2, 3, 1], [5, 5, 4, 1], [3, 1]]


def test_pen_strokes_are_written_until_they_end():
    torch.manual_seed(0)
    model = OneToMany(
        Recurrent("lstm", 3, 8, batch_first=True), PenStrokes(8, 2), AsFirstStep(2, 3)
    ).eval()
    start = model.start(torch.randn(5, 2))

    def write():
        generator = torch.Generator().manual_seed(0)
        return generate(
            model,
            torch.zeros(5, 3),
            start,
            max_length=12,
            ends=lambda point: point[:, 2] == 1,
            generator=generator,
        )

    found = write()
    assert torch.equal(found.vectors, write().vectors)
    assert found.vectors.shape == (5, int(found.lengths.max()), 3)
    for row, length in zip(found.vectors, found.lengths.tolist(), strict=True):
        assert not row[: length - 1, 2].any()
        assert length == 12 or row[length - 1, 2] == 1
        assert not row[length:].any()
    assert len(set(found.lengths.tolist())) > 1


def test_generation_of_no_steps_is_refused():
    model = _model("gru", "every")
    with pytest.raises(OptionError, match="max_length=0"):
        generate(model, torch.zeros(1, E), model.start(torch.zeros(1, C).double()), max_length=0)


@pytest.mark.parametrize("kind", CONDITIONINGS)
@pytest.mark.parametrize("shape", [(C,), (3, C + 1), (3, 4, C), (0, C)])
def test_a_condition_of_another_shape_is_refused(kind, shape):
    with pytest.raises(ShapeError, match="condition"):
        _model("gru", kind)(torch.zeros(shape).double(), torch.zeros(3, 4).long())


@pytest.mark.parametrize("kind", CONDITIONINGS)
def test_a_condition_for_other_rows_is_refused(kind):
    model = _model("gru", kind)
    with pytest.raises(ShapeError, match="one condition for each"):
        model(torch.zeros(2, C).double(), torch.zeros(3, 4).long())
    with pytest.raises(ShapeError, match="one condition for each"):
        model.step(torch.zeros(3).long(), model.start(torch.zeros(2, C).double()))


def test_layers_that_cannot_write_are_refused():
    head = Categorical(H, V)
    with pytest.raises(OptionError, match="batch_first=True"):
        OneToMany(Recurrent("gru", E, H), head, AtEveryStep(C))
    with pytest.raises(OptionError, match="forwards only"):
        OneToMany(layer("gru", reverse=True), head, AtEveryStep(C))


def test_a_head_of_vectors_gives_no_symbols():
    model = OneToMany(layer("gru"), PenStrokes(H, dtype=DOUBLE), AsFirstStep(C, E, dtype=DOUBLE))
    with pytest.raises(OptionError, match="PenStrokes"):
        model.step(torch.zeros(2, E).double(), model.start(torch.zeros(2, C).double()))
