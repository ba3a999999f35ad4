"""Chance in a cell's equations, where a sequence is read in several calls of the layer."""

import pytest
import torch
from made_structures import DECODERS, DOUBLE, V, embedding, layer, shaken

from recurra.cells import GRU, LSTM, VariationalDropout, Zoneout
from recurra.structures.chance import sequence_seed
from recurra.structures.heads import Categorical
from recurra.structures.many_to_many import ManyToMany

CELLS = {"variational": VariationalDropout(LSTM(), 0.5), "zoneout": Zoneout(GRU(), 0.5)}


def _model(cell, kind):
    torch.manual_seed(3)
    encoder = layer("gru", bidirectional=True)
    decoder = DECODERS[kind](CELLS[cell], encoder.output_size)
    head = Categorical(decoder.feature_size, V, dtype=DOUBLE)
    both = {"source_embedding": embedding(), "target_embedding": embedding()}
    return shaken(ManyToMany(encoder, decoder, head, **both)).train()


@pytest.mark.parametrize("kind", DECODERS)
@pytest.mark.parametrize("cell", CELLS)
def test_steps_of_one_sequence_in_training_draw_what_the_sequence_at_once_draws(cell, kind):
    model = _model(cell, kind)
    source, x = torch.randint(V, (3, 4)), torch.randint(V, (3, 5))
    begun = model.start(source)
    whole, _, _ = model.decoder(model.target_embedding(x), begun)
    state = begun
    for t in range(5):
        found, state = model.advance(x[:, t], state)
        torch.testing.assert_close(found, whole[:, t])
    other, _, _ = model.decoder(model.target_embedding(x), model.start(source))
    assert not torch.allclose(other, whole)


def test_the_seed_goes_with_the_state_and_its_rows():
    model = _model("variational", "feeding")
    state = model.start(torch.randint(V, (3, 4)))
    assert state.seed is not None
    _, after = model.advance(torch.zeros(3).long(), state)
    assert after.seed == state.seed == model.select(after, torch.tensor([1])).seed


def test_nothing_is_drawn_where_nothing_is_left_to_chance():
    plain, chancy = layer("gru").train(), layer(CELLS["zoneout"])
    torch.manual_seed(0)
    one = sequence_seed(chancy.train())
    torch.manual_seed(0)
    assert sequence_seed(plain) is None
    assert sequence_seed(chancy.eval()) is None
    assert sequence_seed(chancy.train()) == one
