"""Windows around any origin: what lies beyond a series was not observed, and nothing else is."""

import numpy as np
import pytest
import torch

from recurra.errors import ShapeError
from recurra.forecasting.covariates import Around, Beside
from recurra.forecasting.covariates.around import with_margins

LENGTHS = {"a": 30, "b": 9, "c": 17}
L, K = 6, 3


@pytest.fixture(scope="module")
def covariates(shops, learn):
    return learn(
        shops(LENGTHS, ahead=9), horizon=K, calendar=["day of week", "weekend"], holidays="DE"
    )


def one(around, series, end, lookback=L, horizon=K):
    return around.at(torch.tensor([series]), torch.tensor([end]), lookback, horizon)


def same(one, other):
    return all(torch.equal(mine, its) for mine, its in zip(one, other, strict=True))


def test_within_a_series_they_are_its_windows(covariates):
    around, windows = Around(covariates), covariates.windows(L, K)
    for series, length in enumerate(covariates.lengths.tolist()):
        ends = torch.arange(L, length + 1)
        numbers = torch.full_like(ends, series)
        assert same(around.at(numbers, ends, L, K), windows[numbers, ends - L])


def test_before_the_first_point_nothing_was_observed_but_the_calendar_goes_on(covariates):
    around = Around(covariates)
    for series in range(3):
        for end in range(L):
            read, lacking = one(around, series, end), L - end
            for numbers, seen in ((read.past, read.past_seen), (read.future, read.future_seen)):
                columns = 1  # The calendar, behind them, is known at any time.
                assert not numbers[0, :lacking, :columns].any()
                assert not seen[0, :lacking, :columns].any()
                assert seen[0, lacking:, :columns].all()
            start = int(covariates.past_layout.starts[series])
            there = covariates.past.values[start : start + end]
            np.testing.assert_array_equal(read.past[0, lacking:], there)
    # The first of January 2024 was a Monday and a holiday: before it came a Sunday.
    names = [*covariates.encoding.sizes.future]
    before, first = one(around, 0, 1).future[0, L - 2 : L]
    assert [before[names.index(name)].item() for name in ("weekend", "holiday")] == [1, 0]
    assert [first[names.index(name)].item() for name in ("weekend", "holiday")] == [0, 1]


def test_behind_the_last_point_only_what_is_known_ahead_is_known(covariates):
    around = Around(covariates)
    length = int(covariates.lengths[2])
    read = one(around, 2, length + 6)
    assert not read.past_seen.any()
    assert not read.past.any()
    assert read.future_seen.all()
    ahead = covariates.known(2, length, length + 9)
    np.testing.assert_array_equal(read.future[0, :, 0], ahead.values[:, 0])
    with pytest.raises(ShapeError):
        one(around, 2, length + 7)


def test_of_cut_series_they_are_the_same_at_the_same_ends(covariates):
    whole, cut = Around(covariates), Around(covariates.last(L))
    for series, length in enumerate(covariates.lengths.tolist()):
        assert same(one(whole, series, length), one(cut, series, length))
        assert same(one(whole, series, length + 4), one(cut, series, length + 4))


def test_margins_move_nothing(covariates):
    wider = with_margins(covariates, 4, 2)
    assert (wider.firsts == -4).all()
    assert (wider.lengths == covariates.lengths + 6).all()
    for series, length in enumerate(covariates.lengths.tolist()):
        mine, its = covariates.known(series, 0, length + 9), wider.known(series, 4, length + 13)
        for name in vars(mine):
            np.testing.assert_array_equal(getattr(mine, name), getattr(its, name))


def test_origins_are_joined_chosen_and_moved(covariates):
    around = Around(covariates)
    parts = [Beside(around, np.full(3, n), np.array([7, 8, 9])) for n in (0, 1)]
    both = Beside.joined(parts)
    assert same(both[3:].read(L, K), parts[1].read(L, K))
    assert same(both[np.array([0])].later(1).read(L, K), one(around, 0, 8))
