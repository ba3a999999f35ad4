import pytest
import torch
from made_structures import CELLS, E, H, V, embedding, falls, layer, shaken
from torch import nn

from recurra.errors import OptionError, ShapeError
from recurra.layers import Recurrent
from recurra.structures.decoding import CRF, beam_search, greedy
from recurra.structures.each_to_each import EachToEach
from recurra.structures.generation import generate
from recurra.structures.heads import Categorical, Gaussian, TagSequence, TiedCategorical

LENGTHS = [5, 0, 3, 1]


def _language_model(cell, **options):
    torch.manual_seed(0)
    recurrent = layer(cell, **options)
    head = Categorical(recurrent.output_size, V, dtype=torch.float64)
    return shaken(EachToEach(recurrent, head, embedding=embedding()))


def _tagger(cell, **options):
    torch.manual_seed(0)
    recurrent = layer(cell, bidirectional=True, **options)
    head = TagSequence(recurrent.output_size, CRF(4, dtype=torch.float64))
    return shaken(EachToEach(recurrent, head))


@pytest.mark.parametrize("cell", CELLS)
def test_a_padded_batch_answers_as_its_rows_one_by_one(cell):
    model, x = _language_model(cell, bidirectional=True), torch.randint(V, (4, 5))
    rows = [model(x[r : r + 1, :n])[0] if n else None for r, n in enumerate(LENGTHS)]
    for r, n in enumerate(LENGTHS):
        x[r, n:] = -1
    found = model(x, LENGTHS)
    for r, n in enumerate(LENGTHS):
        if n:
            torch.testing.assert_close(found[r, :n], rows[r])


@pytest.mark.parametrize("cell", CELLS)
def test_a_training_step_lowers_the_loss(cell):
    model, x = _language_model(cell), torch.randint(V, (4, 6))
    assert falls(model, lambda: model.loss(x[:, :-1], x[:, 1:], LENGTHS))


@pytest.mark.parametrize("cell", CELLS)
def test_a_tagger_trains_and_decodes_within_each_row(cell):
    model, x, tags = _tagger(cell), torch.randn(4, 5, E).double(), torch.randint(4, (4, 5))
    assert falls(model, lambda: model.loss(x, tags, LENGTHS))
    found = model.decode(x, LENGTHS)
    assert [len(row) for row in found.sequences()] == LENGTHS
    assert found.sequences()[2] == model.decode(x[2:3, :3]).sequences()[0]


@pytest.mark.parametrize("cell", CELLS)
def test_a_language_model_written_greedily_is_the_likeliest_symbol_of_the_whole(cell):
    model, start = _language_model(cell), torch.tensor([0, 3])
    found = greedy(model, start, model.start(), end=None, max_length=6).symbols
    read = torch.cat([start.unsqueeze(1), found[:, :-1]], 1)
    assert torch.equal(model(read).argmax(-1), found)


@pytest.mark.parametrize("cell", CELLS)
def test_what_has_been_read_before_counts(cell):
    model, read = _language_model(cell), torch.randint(V, (3, 5))
    state = model.start(read[:, :-1], [4, 2, 0])
    found, _ = model.step(torch.tensor([1, 2, 3]), state)
    for row, (length, symbol) in enumerate([(4, 1), (2, 2), (0, 3)]):
        whole = torch.cat([read[row, :length], torch.tensor([symbol])]).unsqueeze(0)
        torch.testing.assert_close(found[row], model(whole)[0, -1])


def test_a_sequence_in_pieces_is_the_whole():
    model, x = _language_model("lstm"), torch.randint(V, (2, 7))
    first, state = model.carried(x[:, :3], None)
    then, _ = model.carried(x[:, 3:], state)
    torch.testing.assert_close(torch.cat([first, then], 1), model.features(x))


def test_a_wide_beam_finds_the_likeliest_of_all_sequences():
    model, start = _language_model("gru"), torch.tensor([2])
    every = torch.cartesian_prod(*[torch.arange(V)] * 3)
    read = torch.cat([start.expand(len(every), 1), every[:, :-1]], 1)
    scores = model(read).gather(2, every.unsqueeze(2)).sum((1, 2))
    found = beam_search(
        model, start, model.start(), end=None, max_length=3, beam=V**2, length_penalty=0.0
    )
    assert found.sequences()[0] == every[scores.argmax()].tolist()


def test_vectors_are_written_each_read_at_the_next_step():
    torch.manual_seed(0)
    model = shaken(EachToEach(layer("gru"), Gaussian(H, E, dtype=torch.float64)))
    first = torch.zeros(2, E).double()
    found = generate(
        model, first, model.start(), max_length=4, generator=torch.Generator().manual_seed(0)
    )
    read = torch.cat([first.unsqueeze(1), found.vectors[:, :-1]], 1)
    whole = model(read)
    noise = torch.Generator().manual_seed(0)
    for t in range(4):
        e = torch.randn(2, E, generator=noise, dtype=torch.float64)
        wanted = whole.mean[:, t] + whole.scale[:, t] * e
        torch.testing.assert_close(found.vectors[:, t], wanted)


def test_it_learns_to_tag_by_what_comes_later():
    torch.manual_seed(0)
    recurrent = Recurrent("gru", 4, 12, batch_first=True, bidirectional=True)
    head = TagSequence(24, CRF(3))
    model = EachToEach(recurrent, head, embedding=nn.Embedding(3, 4))
    optimizer = torch.optim.Adam(model.parameters(), 0.03)

    def batch():
        x, lengths = torch.randint(3, (32, 7)), torch.randint(1, 8, (32,))
        following = torch.cat([x[:, 1:], x[:, :1]], 1)
        following[torch.arange(32), lengths - 1] = 0
        return x, following, lengths

    for _ in range(60):
        x, y, lengths = batch()
        optimizer.zero_grad()
        model.loss(x, y, lengths).backward()
        optimizer.step()
    x, y, lengths = batch()
    found = model.decode(x, lengths).symbols
    live = found >= 0
    assert (found == y[:, : found.shape[1]])[live].double().mean() > 0.98


def test_a_tied_language_model_learns_a_cycle():
    torch.manual_seed(0)
    symbols = nn.Embedding(V, 8)
    model = EachToEach(
        Recurrent("indrnn", 8, 16, batch_first=True),
        TiedCategorical(16, symbols),
        embedding=symbols,
    )
    cycle = (torch.arange(12) % V).repeat(4, 1)
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for _ in range(80):
        optimizer.zero_grad()
        model.loss(cycle[:, :-1], cycle[:, 1:]).backward()
        optimizer.step()
    model.eval()
    found = greedy(model, torch.tensor([2]), model.start(), end=0, max_length=20)
    assert found.sequences() == [[3, 4, 5, 0]]


def test_a_layer_that_reads_backwards_cannot_write():
    model = _language_model("gru", bidirectional=True)
    with pytest.raises(OptionError, match="forwards only"):
        model.start()
    with pytest.raises(OptionError, match="forwards only"):
        model.step(torch.tensor([0]), None)


def test_a_head_of_numbers_gives_no_symbols():
    model = EachToEach(layer("gru"), Gaussian(H, 2, dtype=torch.float64))
    with pytest.raises(OptionError, match="Gaussian"):
        model.step(torch.zeros(2, E).double(), None)
    with pytest.raises(OptionError, match="Gaussian"):
        model.decode(torch.zeros(2, 3, E).double())


@pytest.mark.parametrize("wrong", [torch.zeros(2, 3).double(), torch.zeros(3).long()])
def test_what_are_no_symbols_is_refused(wrong):
    with pytest.raises(ShapeError, match="symbols"):
        _language_model("gru")(wrong)


def test_symbols_without_an_embedding_are_refused():
    with pytest.raises(ShapeError, match="Embedding"):
        _tagger("gru")(torch.zeros(2, 3).long())


def test_no_step_at_all_is_refused():
    with pytest.raises(ShapeError):
        _language_model("gru")(torch.zeros(2, 0).long())


def test_a_layer_that_is_time_first_is_refused():
    with pytest.raises(OptionError, match="batch_first=True"):
        EachToEach(Recurrent("gru", 3, 4), Gaussian(4))
