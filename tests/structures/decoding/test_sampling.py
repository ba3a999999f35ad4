import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_models import Network, Table, all_sequences, one_row, scored

from recurra.errors import OptionError, ShapeError
from recurra.structures.decoding import greedy, sample
from recurra.structures.decoding.sampling import _drawn, _likeliest, _nucleus


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


class Same:
    """Gives every row the same probabilities at every step."""

    def __init__(self, probabilities):
        self.log_probs = torch.tensor(probabilities, dtype=torch.float64).log()

    def step(self, symbols, state):
        return self.log_probs.expand(len(symbols), -1), state

    def select(self, state, rows):
        return state


def frequencies(model, **options):
    """How often each symbol is drawn first, of 20,000."""
    start = torch.zeros(20_000, dtype=torch.int64)
    found = sample(model, start, None, end=None, max_length=1, generator=seeded(), **options)
    return torch.bincount(found.symbols[:, 0], minlength=len(model.log_probs)) / len(start)


# Four standard deviations of a frequency among 20,000.
CLOSE = {"atol": 4 * 0.5 / 20_000**0.5, "rtol": 0.0}


def test_symbols_are_drawn_as_often_as_they_are_likely():
    likely = [0.5, 0.0, 0.3, 0.15, 0.05]
    found = frequencies(Same(likely))
    torch.testing.assert_close(found, torch.tensor(likely), **CLOSE)
    assert found[1] == 0


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_a_temperature_divides_log_probabilities(temperature):
    likely = torch.tensor([0.5, 0.3, 0.15, 0.05])
    expected = likely ** (1 / temperature) / (likely ** (1 / temperature)).sum()
    found = frequencies(Same(likely.tolist()), temperature=temperature)
    torch.testing.assert_close(found, expected, **CLOSE)


def test_only_the_likeliest_k_are_drawn_in_their_proportion():
    found = frequencies(Same([0.1, 0.4, 0.2, 0.3]), top_k=2)
    torch.testing.assert_close(found, torch.tensor([0.0, 4 / 7, 0.0, 3 / 7]), **CLOSE)
    assert found[[0, 2]].sum() == 0


@pytest.mark.parametrize(
    ("top_p", "within"), [(0.39, [1]), (0.41, [1, 3]), (0.75, [1, 2, 3]), (1.0, [0, 1, 2, 3])]
)
def test_the_nucleus_is_the_fewest_that_reach_the_share(top_p, within):
    likely = torch.tensor([0.1, 0.4, 0.2, 0.3])
    expected = torch.zeros(4)
    expected[within] = likely[within] / likely[within].sum()
    found = frequencies(Same(likely.tolist()), top_p=top_p)
    torch.testing.assert_close(found, expected, **CLOSE)
    assert (found > 0).nonzero().flatten().tolist() == within


def test_the_nucleus_is_of_what_temperature_and_top_k_leave():
    # Of 0.4, 0.3 and 0.2 the first two are 7/9 of the whole.
    found = frequencies(Same([0.1, 0.4, 0.2, 0.3]), top_k=3, top_p=0.75)
    torch.testing.assert_close(found, torch.tensor([0.0, 4 / 7, 0.0, 3 / 7]), **CLOSE)


def test_a_whole_share_drops_nothing_however_unlikely():
    weights = torch.tensor([[1.0, 1e-30, 0.0]], dtype=torch.float64)
    assert float(_nucleus(weights, 0.999)[0, 1]) == 0
    drawn = sample(
        Same([1.0 - 1e-12, 1e-12]), torch.tensor([0]), None, end=None, max_length=1, top_p=1.0
    )
    assert drawn.lengths.tolist() == [1]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0, 1, exclude_max=True))
@settings(deadline=None)
def test_what_is_drawn_has_a_weight(weights, chance):
    found = torch.tensor([weights], dtype=torch.float64)
    if found.sum() > 0:
        drawn = int(_drawn(found, torch.tensor([chance], dtype=torch.float64)))
        assert weights[drawn] > 0
        assert sum(weights[:drawn]) <= chance * sum(weights) * (1 + 1e-12)


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=8), st.floats(0.01, 0.99))
@settings(deadline=None)
def test_the_nucleus_reaches_the_share_and_not_without_its_least(weights, top_p):
    found = torch.tensor([weights], dtype=torch.float64)
    kept = _nucleus(found, top_p)
    inside = kept[kept > 0]
    assert inside.sum() >= top_p * found.sum() * (1 - 1e-12)
    assert inside.sum() - inside.min() < top_p * found.sum() * (1 + 1e-12)


def test_the_likeliest_are_all_if_there_are_fewer():
    weights = torch.tensor([[0.2, 0.8]])
    assert torch.equal(_likeliest(weights, 7), weights)


@pytest.mark.parametrize("options", [{"top_k": 1}, {"top_p": 1e-9}, {"temperature": 1e-6}])
@pytest.mark.parametrize("model", [Table(5), Network(5)])
def test_the_narrowest_choice_is_greedy(model, options):
    found = sample(model, *model.begin(6), end=0, max_length=7, **options)
    expected = greedy(model, *model.begin(6), end=0, max_length=7)
    assert found.sequences() == expected.sequences()
    torch.testing.assert_close(found.scores, expected.scores)


@pytest.mark.parametrize("options", [{}, {"temperature": 2.0, "top_k": 4, "top_p": 0.9}])
@pytest.mark.parametrize("model", [Table(5, seed=2), Network(5, seed=2)])
def test_a_row_s_draws_do_not_depend_on_its_batch(model, options):
    how = {"end": 0, "max_length": 8, **options}
    found = sample(model, *model.begin(9), generator=seeded(), **how)
    assert len(set(found.lengths.tolist())) > 1
    for row, sequence in enumerate(found.sequences()):
        alone = sample(
            model,
            *one_row(model, 9, row),
            generator=seeded(),
            rows=torch.tensor([row]),
            **how,
        )
        assert alone.sequences() == [sequence]


def test_the_first_rows_are_the_same_in_a_larger_batch():
    table = Table(5)
    few = sample(table, *table.begin(3), end=0, max_length=8, generator=seeded())
    many = sample(table, *table.begin(7), end=0, max_length=8, generator=seeded())
    assert many.sequences()[:3] == few.sequences()


def test_a_seed_gives_the_same_again_and_another_something_else():
    table = Table(5)
    one, again, other = (
        sample(table, *table.begin(20), end=None, max_length=8, generator=seeded(s)).symbols
        for s in (1, 1, 2)
    )
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_without_a_generator_chance_is_torch_s():
    table = Table(5)

    def drawn():
        return sample(table, *table.begin(20), end=None, max_length=8).symbols

    torch.manual_seed(1)
    one, next_one = drawn(), drawn()
    torch.manual_seed(1)
    assert torch.equal(one, drawn())
    assert not torch.equal(one, next_one)


def test_steps_and_rows_have_chances_of_their_own():
    found = sample(
        Same([0.5, 0.5]),
        torch.zeros(400, dtype=torch.int64),
        None,
        end=None,
        max_length=50,
        generator=seeded(),
    ).symbols.double()
    assert found.mean(dim=0).std() < 0.05
    assert torch.corrcoef(found[:, :2].T)[0, 1].abs() < 0.2
    assert torch.corrcoef(found[:2])[0, 1].abs() < 0.5


def test_sequences_are_drawn_as_often_as_they_are_likely():
    table, count = Table(3, seed=4), 20_000
    start, state = one_row(table, 1, 0)
    found = sample(
        table,
        start.expand(count),
        state.expand(count),
        end=0,
        max_length=3,
        generator=seeded(),
    )
    drawn = [tuple(sequence) for sequence in found.sequences()]
    for sequence in all_sequences(3, 0, 3):
        expected = torch.tensor(scored(table, start, state, sequence)[0]).exp()
        often = torch.tensor(drawn.count(sequence) / count)
        torch.testing.assert_close(often, expected, **CLOSE, check_dtype=False)


def test_a_score_is_the_model_s_log_probability_whatever_the_choice():
    table = Table(5)
    found = sample(table, *table.begin(6), end=0, max_length=7, temperature=3.0, top_k=3)
    for row, sequence in enumerate(found.sequences()):
        expected, _ = scored(table, *one_row(table, 6, row), sequence)
        assert float(found.scores[row]) == pytest.approx(expected)


@pytest.mark.parametrize(
    "options",
    [
        {"temperature": 0.0},
        {"temperature": -1.0},
        {"temperature": float("nan")},
        {"top_k": 0},
        {"top_k": 1.5},
        {"top_p": 0.0},
        {"top_p": 1.1},
    ],
)
def test_options_out_of_range_are_refused(options):
    name, value = next(iter(options.items()))
    with pytest.raises(OptionError, match=f"{name}={value}"):
        sample(Table(3), *Table(3).begin(1), end=None, max_length=1, **options)


@pytest.mark.parametrize(
    "rows", [torch.tensor([0]), torch.tensor([0.0, 1.0]), torch.tensor([0, -1])]
)
def test_row_numbers_that_do_not_fit_are_refused(rows):
    with pytest.raises(ShapeError, match="rows"):
        sample(Table(3), *Table(3).begin(2), end=None, max_length=1, rows=rows)
