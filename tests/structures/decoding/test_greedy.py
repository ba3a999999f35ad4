import pytest
import torch
from toy_models import Network, Table, one_row, scored

from recurra.structures.decoding import greedy


@pytest.mark.parametrize("model", [Table(5), Network(5)])
def test_every_symbol_is_the_likeliest_and_the_score_their_log_probability(model):
    found = greedy(model, *model.begin(6), end=0, max_length=9)
    for row, sequence in enumerate(found.sequences()):
        symbol, state = one_row(model, 6, row)
        for number, chosen in enumerate(sequence):
            log_probs, state = model.step(symbol, state)
            assert chosen == int(log_probs.argmax())
            assert (chosen == 0) <= (number == len(sequence) - 1)
            symbol = torch.tensor([chosen])
        total, _ = scored(model, *one_row(model, 6, row), sequence)
        assert float(found.scores[row]) == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize("model", [Table(5, seed=3), Network(5, seed=3)])
def test_rows_of_different_lengths_do_not_touch_each_other(model):
    found = greedy(model, *model.begin(8), end=0, max_length=9)
    assert len(set(found.lengths.tolist())) > 1
    for row, sequence in enumerate(found.sequences()):
        alone = greedy(model, *one_row(model, 8, row), end=0, max_length=9)
        assert alone.sequences() == [sequence]
        assert float(alone.scores[0]) == pytest.approx(float(found.scores[row]), rel=1e-12)


def test_what_comes_after_the_end_is_the_end_mark():
    table = Table(5, seed=3)
    found = greedy(table, *table.begin(8), end=2, max_length=9)
    behind = torch.arange(found.symbols.shape[1]) >= found.lengths.unsqueeze(1)
    assert behind.any()
    assert (found.symbols[behind] == 2).all()
    assert found.symbols.shape[1] == found.lengths.max()


def test_no_gradient_is_kept():
    model = Network(4)
    assert not greedy(model, *model.begin(2), end=0, max_length=3).scores.requires_grad
