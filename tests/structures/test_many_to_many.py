import pytest
import torch
from made_structures import (
    CELLS,
    DECODERS,
    DOUBLE,
    E,
    H,
    V,
    embedding,
    falls,
    layer,
    many_to_many,
    shaken,
)
from torch import nn

from recurra.errors import OptionError, ShapeError
from recurra.layers import Recurrent
from recurra.structures.attention import AdditiveAttention
from recurra.structures.attentive_decoder import AttentiveDecoder
from recurra.structures.bridge import SameState
from recurra.structures.decoder import Decoder
from recurra.structures.decoding import Attentive, beam_search, greedy
from recurra.structures.generation import generate
from recurra.structures.heads import Categorical, Gaussian
from recurra.structures.many_to_many import ManyToMany

SOURCE, TARGET = [4, 1, 3], [2, 5, 0]


def _pairs():
    torch.manual_seed(1)
    return torch.randint(V, (3, 4)), torch.randint(V, (3, 6))


@pytest.mark.parametrize("kind", DECODERS)
@pytest.mark.parametrize("cell", CELLS)
def test_steps_one_by_one_answer_as_the_sequence_at_once(cell, kind):
    model, (source, target) = many_to_many(cell, kind), _pairs()
    whole, rows = model(source, target, SOURCE), torch.tensor([2, 0, 0, 1])
    state = model.select(model.start(source, SOURCE), rows)
    for t in range(6):
        found, state = model.step(target[rows, t], state)
        torch.testing.assert_close(found, whole[rows, t])
        if kind != "plain":
            weights, there = model.attention(state)
            every = model.looks(source, target, SOURCE)
            torch.testing.assert_close(weights, every[rows, t])
            assert there.sum(1).tolist() == [SOURCE[row] for row in rows]


@pytest.mark.parametrize("kind", DECODERS)
@pytest.mark.parametrize("cell", CELLS)
def test_it_trains_on_padded_batches_as_on_their_rows(cell, kind):
    model, (source, target) = many_to_many(cell, kind), _pairs()
    inputs, targets = target[:, :-1].clone(), target[:, 1:].clone()
    total = sum(
        model.loss(source[r : r + 1, :s], inputs[r : r + 1, :n], targets[r : r + 1, :n]) * n
        for r, (s, n) in enumerate(zip(SOURCE, TARGET, strict=True))
        if n
    )
    for r, (s, n) in enumerate(zip(SOURCE, TARGET, strict=True)):
        source[r, s:], inputs[r, n:], targets[r, n:] = -1, V, -5
    loss = model.loss(source, inputs, targets, SOURCE, TARGET)
    torch.testing.assert_close(loss, total / sum(TARGET))
    assert falls(model, lambda: model.loss(source, inputs, targets, SOURCE, TARGET))


@pytest.mark.parametrize("kind", DECODERS)
@pytest.mark.parametrize("cell", CELLS)
def test_greedy_writing_is_the_likeliest_symbol_of_the_whole(cell, kind):
    model, (source, _) = many_to_many(cell, kind), _pairs()
    found = greedy(
        model, torch.zeros(3).long(), model.start(source, SOURCE), end=None, max_length=5
    ).symbols
    read = torch.cat([torch.zeros(3, 1).long(), found[:, :-1]], 1)
    assert torch.equal(model(source, read, SOURCE).argmax(-1), found)


@pytest.mark.parametrize("kind", ["additive", "dot", "feeding"])
def test_each_step_looks_at_its_own_source_alone(kind):
    model, (source, target) = many_to_many("gru", kind), _pairs()
    weights = model.looks(source, target, [4, 0, 3])
    live = torch.arange(4) < torch.tensor([4, 0, 3]).unsqueeze(1)
    assert not weights.masked_select(~live.unsqueeze(1)).any()
    torch.testing.assert_close(weights[[0, 2]].sum(-1), torch.ones(2, 6).double())


@pytest.mark.parametrize("kind", DECODERS)
def test_a_source_of_no_steps_is_written_from_all_the_same(kind):
    model, (source, target) = many_to_many("lstm", kind), _pairs()
    loss = model.loss(source, target[:, :-1], target[:, 1:], [0, 4, 2])
    assert loss.isfinite()
    for gradient in torch.autograd.grad(loss, list(model.parameters())):
        assert gradient.isfinite().all()


def test_a_beam_with_coverage_sees_where_the_model_looked():
    model, (source, _) = many_to_many("gru", "additive"), _pairs()
    assert isinstance(model, Attentive)
    state, start = model.start(source, SOURCE), torch.zeros(3).long()
    found = beam_search(model, start, state, end=1, max_length=6, beam=3, coverage_penalty=0.2)
    assert len(found) == 3


def test_the_decoder_can_go_on_from_the_encoders_state():
    torch.manual_seed(0)
    encoder, decoder = layer("lstm", num_layers=2), layer("lstm", num_layers=2)
    model = shaken(
        ManyToMany(
            encoder,
            Decoder(decoder),
            Categorical(H, V, dtype=DOUBLE),
            source_embedding=embedding(),
            target_embedding=embedding(),
            bridge=SameState(encoder, decoder),
        )
    )
    source, target = _pairs()
    for row, length in enumerate(SOURCE):
        _, state = encoder(model.source_embedding(source[row : row + 1, :length]))
        output, _ = decoder(model.target_embedding(target[row : row + 1]), state)
        found = model(source, target, SOURCE)[row]
        torch.testing.assert_close(found, model.head(output)[0])


def test_it_learns_to_reverse():
    torch.manual_seed(0)
    encoder = Recurrent("gru", 8, 24, batch_first=True, bidirectional=True)
    decoder = AttentiveDecoder(
        Recurrent("lstm", 8, 24, batch_first=True), AdditiveAttention(24, 48, 24), 48, 24
    )
    model = ManyToMany(
        encoder,
        decoder,
        Categorical(24, 8),
        source_embedding=nn.Embedding(8, 8),
        target_embedding=nn.Embedding(8, 8),
    )
    optimizer = torch.optim.Adam(model.parameters(), 0.01)

    def batch():
        lengths = torch.randint(1, 6, (64,))
        source, targets = torch.randint(2, 8, (64, 5)), torch.ones(64, 6).long()
        for row, length in enumerate(lengths.tolist()):
            targets[row, :length] = source[row, :length].flip(0)
        return source, lengths, targets

    for _ in range(150):
        source, lengths, targets = batch()
        inputs = torch.cat([torch.zeros(64, 1).long(), targets[:, :-1]], 1)
        optimizer.zero_grad()
        model.loss(source, inputs, targets, lengths, lengths + 1).backward()
        optimizer.step()
    source, lengths, targets = batch()
    model.eval()
    found = greedy(
        model, torch.zeros(64).long(), model.start(source, lengths), end=1, max_length=8
    ).sequences()
    wanted = [row[: n + 1] for row, n in zip(targets.tolist(), lengths.tolist(), strict=True)]
    assert sum(a == b for a, b in zip(found, wanted, strict=True)) >= 62


def test_numbers_are_forecast_from_numbers():
    torch.manual_seed(0)
    model = ManyToMany(
        Recurrent("gru", 1, 16, batch_first=True),
        Decoder(Recurrent("gru", 1, 16, batch_first=True)),
        Gaussian(16),
    )
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    t = torch.arange(18) / 3
    for _ in range(100):
        wave = torch.sin(t + 6 * torch.rand(32, 1)).unsqueeze(-1)
        optimizer.zero_grad()
        model.loss(wave[:, :12], wave[:, 11:-1], wave[:, 12:]).backward()
        optimizer.step()
    wave = torch.sin(t + 1.0).view(1, -1, 1).expand(200, -1, -1)
    found = generate(model, wave[:, 11], model.start(wave[:, :12]), max_length=6).vectors
    assert (found.mean(0) - wave[0, 12:]).abs().max() < 0.25


def test_a_decoder_that_never_looks_has_looked_nowhere():
    model, (source, target) = many_to_many("gru", "plain"), _pairs()
    with pytest.raises(OptionError, match="never looks"):
        model.looks(source, target)
    with pytest.raises(OptionError, match="never looks"):
        model.attention(model.start(source))


@pytest.mark.parametrize("kind", DECODERS)
def test_other_rows_to_write_than_to_read_are_refused(kind):
    model, (source, target) = many_to_many("gru", kind), _pairs()
    with pytest.raises(ShapeError, match="one for each"):
        model(source, target[:2])
    with pytest.raises(ShapeError, match="one for each"):
        model.step(target[:2, 0], model.start(source))


@pytest.mark.parametrize("lengths", [[5, 1, 1], [-1, 1, 1], [1, 1], [1.0, 1.0, 1.0]])
def test_lengths_that_do_not_fit_are_refused(lengths):
    model, (source, target) = many_to_many("gru", "additive"), _pairs()
    with pytest.raises(ShapeError, match="lengths"):
        model(source, target, lengths)
    with pytest.raises(ShapeError, match="lengths"):
        model(source, target[:, :4], None, lengths)


def test_no_step_at_all_is_refused():
    model, (source, target) = many_to_many("gru", "additive"), _pairs()
    with pytest.raises(ShapeError):
        model(source[:, :0], target)
    with pytest.raises(ShapeError):
        model(source, target[:, :0])
    with pytest.raises(ShapeError, match="no step at all"):
        model.loss(source, target, target, None, [0, 0, 0])


def test_layers_that_do_not_serve_are_refused():
    with pytest.raises(OptionError, match="batch_first=True"):
        ManyToMany(Recurrent("gru", E, H), Decoder(layer("gru")), Categorical(H, V))
    with pytest.raises(OptionError, match="forwards only"):
        Decoder(layer("gru", bidirectional=True))
    with pytest.raises(OptionError, match="the same cell"):
        SameState(layer("gru"), layer("lstm"))
    with pytest.raises(OptionError, match="the same cell"):
        SameState(layer("gru", bidirectional=True), layer("gru"))
