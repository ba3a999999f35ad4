import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_models import Looking, Network, Table, all_sequences, eq_14, one_row, scored

from recurra.errors import DataError, OptionError
from recurra.structures.decoding import beam_search, beam_search_n_best, greedy

WIDE = 4**5


def exhaustive(model, rows, row, *, end, max_length, alpha, beta=0.0):
    """All possible sequences of a row and their scores, best first, the finished before others."""
    found = []
    there = ()
    start, state = one_row(model, rows, row)
    if beta:
        there = model.attention(model.step(start, state)[1])[1][0]
    for sequence in all_sequences(model.size, end, max_length):
        log_prob, looks = scored(model, start, state, sequence)
        if log_prob > -torch.inf:
            score = eq_14(log_prob, len(sequence), alpha, beta=beta, looks=looks, there=there)
            found.append((sequence[-1:] != (end,), -score, list(sequence)))
    return [(sequence, -score) for _, score, sequence in sorted(found)]


def check_all(model, *, end, max_length, alpha, beta=0.0, rows=3):
    how = {"end": end, "max_length": max_length, "length_penalty": alpha, "coverage_penalty": beta}
    best = beam_search(model, *model.begin(rows), beam=WIDE, **how)
    n_best = beam_search_n_best(model, *model.begin(rows), n=WIDE, beam=WIDE, **how)
    for row in range(rows):
        expected = exhaustive(
            model, rows, row, end=end, max_length=max_length, alpha=alpha, beta=beta
        )
        assert best.sequences()[row] == expected[0][0]
        assert float(best.scores[row]) == pytest.approx(expected[0][1], rel=1e-9)
        assert n_best[row].sequences() == [sequence for sequence, _ in expected]
        assert n_best[row].scores.tolist() == pytest.approx([score for _, score in expected])


@given(
    seed=st.integers(0, 1000),
    size=st.integers(2, 4),
    length=st.integers(1, 4),
    alpha=st.sampled_from([0.0, 0.6, 1.0, 2.5]),
    ends=st.booleans(),
    impossible=st.sampled_from([0.0, 0.4]),
)
@settings(deadline=None, max_examples=25)
def test_a_wide_beam_finds_all_sequences_in_order(*, seed, size, length, alpha, ends, impossible):
    table = Table(size, seed=seed, impossible=impossible)
    check_all(table, end=size - 1 if ends else None, max_length=length, alpha=alpha, rows=2)


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_a_wide_beam_is_exhaustive_on_a_network(alpha):
    check_all(Network(4, seed=5), end=0, max_length=4, alpha=alpha)


@pytest.mark.parametrize("beta", [0.2, 1.5])
@pytest.mark.parametrize("seed", range(4))
def test_a_wide_beam_is_exhaustive_with_a_coverage_penalty(beta, seed):
    check_all(Looking(4, seed=seed), end=0, max_length=4, alpha=0.6, beta=beta)


def test_a_coverage_penalty_changes_what_is_best():
    changed = 0
    for seed in range(10):
        model = Looking(4, seed=seed)
        plain, covering = (
            beam_search(model, *model.begin(4), end=0, max_length=5, coverage_penalty=beta)
            for beta in (0.0, 1.0)
        )
        changed += plain.sequences() != covering.sequences()
    assert changed


def test_a_length_penalty_makes_sequences_longer():
    lengths = []
    for alpha in (0.0, 1.0, 3.0):
        total = 0
        for seed in range(10):
            table = Table(4, seed=seed)
            found = beam_search(
                table, *table.begin(4), end=0, max_length=6, beam=WIDE, length_penalty=alpha
            )
            total += int(found.lengths.sum())
        lengths.append(total)
    assert lengths[0] < lengths[1] < lengths[2]


@given(st.integers(0, 1000), st.integers(2, 6), st.integers(0, 8), st.booleans())
@settings(deadline=None, max_examples=40)
def test_a_beam_of_one_without_normalisation_is_greedy(seed, size, length, ends):
    table = Table(size, seed=seed)
    how = {"end": 0 if ends else None, "max_length": length}
    found = beam_search(table, *table.begin(4), beam=1, length_penalty=0.0, **how)
    expected = greedy(table, *table.begin(4), **how)
    assert found.sequences() == expected.sequences()
    torch.testing.assert_close(found.scores, expected.scores, check_dtype=False)


def test_a_beam_of_one_on_a_network_is_greedy():
    model = Network(5, seed=7)
    found = beam_search(model, *model.begin(5), end=0, max_length=9, beam=1, length_penalty=0.0)
    expected = greedy(model, *model.begin(5), end=0, max_length=9)
    assert found.sequences() == expected.sequences()


def plain_beam(model, start, state, *, end, max_length, beam, alpha):
    """The same search written with lists, without stopping early."""
    live, finished = [((), 0.0)], []
    for _ in range(max_length):
        longer = []
        for sequence, _ in live:
            for symbol in range(model.size):
                wanted = (*sequence, symbol)
                longer.append((scored(model, start, state, wanted)[0], wanted))
        longer.sort(reverse=True)
        finished += [
            (eq_14(total, len(wanted), alpha), wanted)
            for total, wanted in longer[:beam]
            if wanted[-1] == end
        ]
        live = [(wanted, total) for total, wanted in longer if wanted[-1] != end][:beam]
    rest = [(eq_14(total, len(wanted), alpha), wanted) for wanted, total in live]
    return (sorted(finished, reverse=True) + sorted(rest, reverse=True))[:beam]


@pytest.mark.parametrize("model", [Table(5, seed=1), Table(5, seed=2), Network(5, seed=1)])
@pytest.mark.parametrize("beam", [1, 2, 3, 7])
@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_a_narrow_beam_is_the_search_written_with_lists(model, beam, alpha):
    how = {"end": 0, "max_length": 5, "beam": beam}
    rows = beam_search_n_best(model, *model.begin(3), n=beam, length_penalty=alpha, **how)
    best = beam_search(model, *model.begin(3), length_penalty=alpha, **how)
    for row, found in enumerate(rows):
        expected = plain_beam(model, *one_row(model, 3, row), alpha=alpha, **how)
        assert found.sequences() == [list(wanted) for _, wanted in expected]
        assert found.scores.tolist() == pytest.approx([score for score, _ in expected])
        assert best.sequences()[row] == list(expected[0][1])


@pytest.mark.parametrize("model", [Table(5, seed=3), Network(5, seed=3), Looking(5, seed=3)])
@pytest.mark.parametrize("beam", [2, 9])
def test_rows_do_not_touch_each_other(model, beam):
    beta = 0.3 if isinstance(model, Looking) else 0.0
    how = {"end": 0, "max_length": 8, "beam": beam, "coverage_penalty": beta, "length_penalty": 2}
    found = beam_search(model, *model.begin(8), **how)
    assert len(set(found.lengths.tolist())) > 1
    for row, sequence in enumerate(found.sequences()):
        alone = beam_search(model, *one_row(model, 8, row), **how)
        assert alone.sequences() == [sequence]
        assert float(alone.scores[0]) == pytest.approx(float(found.scores[row]), rel=1e-12)


def test_it_finds_what_greedy_misses():
    better = 0
    for seed in range(10):
        table = Table(5, seed=seed)
        how = {"end": 0, "max_length": 6}
        first = greedy(table, *table.begin(4), **how)
        found = beam_search(table, *table.begin(4), beam=WIDE, length_penalty=0.0, **how)
        both = first.ended(0) & found.ended(0)
        assert (found.scores[both] >= first.scores[both] - 1e-12).all()
        better += int((found.scores[both] > first.scores[both] + 1e-9).sum())
    assert better


def test_a_finished_sequence_comes_before_a_better_unfinished_one():
    table = Table(3)
    table.table[:] = torch.tensor([0.001, 0.5, 0.499], dtype=torch.float64).log()
    found = beam_search(table, *table.begin(1), end=0, max_length=3, beam=WIDE, length_penalty=0.0)
    assert found.sequences() == [[0]]
    narrow = beam_search(table, *table.begin(1), end=0, max_length=3, beam=1)
    assert narrow.sequences() == [[1, 1, 1]]
    assert narrow.ended(0).tolist() == [False]


def test_the_search_stops_when_nothing_can_become_better():
    table = Table(3)
    table.table[:] = torch.tensor([0.98, 0.01, 0.01], dtype=torch.float64).log()
    steps = []
    step = table.step
    table.step = lambda symbols, state: (steps.append(1), step(symbols, state))[1]
    found = beam_search(table, *table.begin(2), end=0, max_length=10**6, length_penalty=0.0)
    assert found.sequences() == [[0], [0]]
    assert len(steps) == 1


def test_hypotheses_that_can_go_nowhere_are_left():
    # After symbol 1, the likeliest, nothing is possible.
    class Trap(Table):
        def step(self, symbols, state):
            after_one = torch.full((3,), -torch.inf, dtype=torch.float64)
            other = torch.tensor([0.1, 0.8, 0.1], dtype=torch.float64).log()
            return torch.where(symbols.unsqueeze(1) == 1, after_one, other), state

    trap = Trap(3)
    found = beam_search(trap, *trap.begin(1), end=0, max_length=4, beam=3, length_penalty=0.0)
    assert found.sequences() == [[0]]
    with pytest.raises(DataError, match="wider beam"):
        beam_search(trap, *trap.begin(1), end=0, max_length=4, beam=1)


def test_n_best_are_fewer_where_there_are_fewer():
    rows = beam_search_n_best(Table(2), *Table(2).begin(3), n=9, beam=9, end=1, max_length=2)
    assert [sorted(row.sequences()) for row in rows] == [[[0, 0], [0, 1], [1]]] * 3
    nothing = beam_search_n_best(Table(2), *Table(2).begin(3), n=9, beam=9, end=1, max_length=0)
    assert [row.sequences() for row in nothing] == [[[]]] * 3


def test_no_sequences_are_padded_beyond_the_longest():
    table = Table(4, seed=1)
    found = beam_search(table, *table.begin(5), end=0, max_length=50)
    assert found.symbols.shape[1] == found.lengths.max() < 50
    behind = torch.arange(found.symbols.shape[1]) >= found.lengths.unsqueeze(1)
    assert (found.symbols[behind] == 0).all()


@pytest.mark.parametrize(
    "options",
    [
        {"beam": 0},
        {"beam": 1.5},
        {"length_penalty": -0.1},
        {"length_penalty": float("nan")},
        {"coverage_penalty": -1.0},
    ],
)
def test_options_out_of_range_are_refused(options):
    name, value = next(iter(options.items()))
    with pytest.raises(OptionError, match=f"{name}={value}"):
        beam_search(Table(3), *Table(3).begin(1), end=0, max_length=2, **options)


@pytest.mark.parametrize("n", [0, 5])
def test_no_more_sequences_than_the_beam_is_wide_can_be_asked_for(n):
    with pytest.raises(OptionError, match=f"n={n}"):
        beam_search_n_best(Table(3), *Table(3).begin(1), n=n, beam=4, end=0, max_length=2)


def test_a_coverage_penalty_needs_a_model_that_says_where_it_looks():
    with pytest.raises(OptionError, match="Table, which does not say"):
        beam_search(Table(3), *Table(3).begin(1), end=0, max_length=2, coverage_penalty=0.1)
