import pytest
import torch
from toy_models import Looking, Network, Table, one_row, scored

from recurra.errors import DataError, OptionError, ShapeError
from recurra.structures.decoding import Attentive, beam_search, greedy, sample
from recurra.structures.decoding.stepwise import advance

DECODERS = [greedy, sample, beam_search]


class Fixed:
    """Gives always the same."""

    def __init__(self, log_probs):
        self.log_probs = log_probs

    def step(self, symbols, state):
        return self.log_probs, state

    def select(self, state, rows):
        return state


def test_a_model_with_attention_is_known_by_its_method():
    assert isinstance(Looking(3), Attentive)
    assert not isinstance(Table(3), Attentive)
    assert not isinstance(Network(3), Attentive)


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize(
    "given",
    [torch.zeros(2, 3), torch.zeros(1, 3, 1), torch.zeros(1, 0), torch.zeros(1, 3).long()],
)
def test_a_step_of_another_shape_or_type_is_refused(decoder, given):
    with pytest.raises(ShapeError) as caught:
        decoder(Fixed(given), torch.tensor([0]), None, end=None, max_length=2)
    assert str(tuple(given.shape)) in caught.value.given


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("wrong", [torch.nan, 2.5, torch.inf])
def test_scores_that_are_no_log_probabilities_are_refused(decoder, wrong):
    given = torch.tensor([[-1.0, wrong, -2.0]])
    with pytest.raises(DataError, match="log_softmax"):
        decoder(Fixed(given), torch.tensor([0]), None, end=None, max_length=2)


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("start", [torch.zeros(1), torch.zeros(1, 1).long(), torch.tensor(0)])
def test_start_symbols_of_another_shape_or_type_are_refused(decoder, start):
    with pytest.raises(ShapeError, match="start symbols"):
        decoder(Table(3), start, None, end=None, max_length=2)


@pytest.mark.parametrize("decoder", DECODERS)
def test_an_end_mark_that_is_no_symbol_is_refused(decoder):
    with pytest.raises(OptionError, match="end=3 for a model of 3 symbols"):
        decoder(Table(3), *Table(3).begin(1), end=3, max_length=2)


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("options", [{"end": -1}, {"end": 0.5}, {"max_length": -1}])
def test_options_out_of_range_are_refused(decoder, options):
    name, value = next(iter(options.items()))
    with pytest.raises(OptionError, match=f"{name}={value}"):
        decoder(Table(3), *Table(3).begin(1), **({"end": None, "max_length": 2} | options))


@pytest.mark.parametrize("decoder", DECODERS)
def test_a_row_without_a_possible_symbol_is_an_error(decoder):
    dead = torch.full((1, 3), -torch.inf)
    with pytest.raises(DataError, match="row 0"):
        decoder(Fixed(dead), torch.tensor([0]), None, end=0, max_length=2)


@pytest.mark.parametrize("decoder", DECODERS)
def test_no_symbols_are_asked_for(decoder):
    found = decoder(Table(3), *Table(3).begin(4), end=0, max_length=0)
    assert found.symbols.shape == (4, 0)
    assert found.lengths.tolist() == [0] * 4
    assert found.scores.tolist() == [0] * 4
    assert found.sequences() == [[]] * 4
    assert found.ended(0).tolist() == [False] * 4


@pytest.mark.parametrize("decoder", DECODERS)
def test_no_rows_are_none_found(decoder):
    found = decoder(Table(3), *Table(3).begin(0), end=0, max_length=5)
    assert found.symbols.shape[0] == len(found) == 0
    assert found.lengths.shape == found.scores.shape == (0,)


@pytest.mark.parametrize("decoder", DECODERS)
def test_a_sequence_without_an_end_mark_has_the_full_length(decoder):
    found = decoder(Table(3), *Table(3).begin(4), end=None, max_length=6)
    assert found.symbols.shape == (4, 6)
    assert found.lengths.tolist() == [6] * 4


@pytest.mark.parametrize("decoder", DECODERS)
def test_an_end_that_is_never_reached_is_cut_off(decoder):
    table = Table(3)
    table.table[:, 0] = -torch.inf
    found = decoder(table, *table.begin(4), end=0, max_length=6)
    assert found.symbols.shape == (4, 6)
    assert (found.symbols != 0).all()
    assert found.ended(0).tolist() == [False] * 4


@pytest.mark.parametrize("decoder", DECODERS)
def test_a_single_symbol_that_ends_is_all_there_is(decoder):
    found = decoder(Fixed(torch.zeros(1, 1)), torch.tensor([0]), None, end=0, max_length=3)
    assert found.sequences() == [[0]]
    assert found.ended(0).tolist() == [True]


@pytest.mark.parametrize("decoder", DECODERS)
def test_a_score_is_kept_in_float32_or_better(decoder):
    table = Table(3)
    table.table = table.table.bfloat16()
    found = decoder(table, *table.begin(2), end=None, max_length=30)
    assert found.scores.dtype == torch.float32
    for row in range(2):
        expected, _ = scored(table, *one_row(table, 2, row), found.sequences()[row])
        if decoder is beam_search:
            expected /= (35 / 6) ** 0.6
        assert float(found.scores[row]) == pytest.approx(expected, rel=1e-5)


def test_a_checked_step_is_the_model_s():
    table = Table(4)
    start, state = table.begin(3)
    found, after = advance(table, start, state, 3)
    expected, expected_after = table.step(start, state)
    assert torch.equal(found, expected)
    assert torch.equal(after, expected_after)
