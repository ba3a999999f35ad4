"""One loss for all candidates: in the units of the series, on the validation part only."""

import numpy as np
import pytest

from recurra.forecasting.segments.search import judge as judging
from recurra.forecasting.segments.search.judge import Judge

K, SEASON = 3, 2


class Answers:
    """A model that answers with the truth, so much off."""

    def __init__(self, prepared, off) -> None:
        self.values = {one.number: one.series.values for one in prepared}
        self.off = off

    def forecast_each(self, each, horizon):
        for histories in each:
            rows = []
            for number, end in zip(histories.series, histories.ends, strict=True):
                values = np.concatenate([self.values[int(number)], np.zeros(horizon)])
                rows.append(values[end : end + horizon])
            yield np.array(rows) + self.off


def loss(judge, model) -> float:
    return float(np.nanmean(judge.errors(model, judge.histories(5))))


def by_hand(prepared, off, *, relative) -> float:
    """The same, point by point."""
    own, naive, own_share, naive_share = [], [], [], []
    for one in prepared:
        y, split = one.series.values, one.split
        scale = np.mean([abs(y[t] - y[t - SEASON]) for t in range(SEASON, split.train)])
        end = split.train + split.validation
        for origin in range(split.train, end):
            for ahead in range(K):
                place = origin + ahead
                if place >= end or not one.series.observed[place]:
                    continue
                truth, told = y[place], y[place] + off
                repeated = y[origin - SEASON + ahead % SEASON]
                own.append(abs(told - truth) / scale)
                naive.append(abs(repeated - truth) / scale)
                own_share.append(2 * abs(told - truth) / (abs(told) + abs(truth)))
                naive_share.append(2 * abs(repeated - truth) / (abs(repeated) + abs(truth)))
    share = np.mean(own) / np.mean(naive)
    return (share + np.mean(own_share) / np.mean(naive_share)) / 2 if relative else share


@pytest.fixture
def two(prepared):
    rng = np.random.default_rng(0)
    return prepared(50 + rng.normal(0, 9, 30), 9000 + rng.normal(0, 800, 24))


@pytest.mark.parametrize("relative", [True, False])
def test_it_is_the_error_beside_the_seasonal_naive_forecasts(two, relative) -> None:
    judge = Judge.of(two, K, SEASON, relative=relative)
    found = loss(judge, Answers(two, 2.5))
    assert found == pytest.approx(by_hand(two, 2.5, relative=relative), rel=1e-9)
    assert loss(judge, Answers(two, 0.0)) == 0


def test_what_was_not_observed_does_not_count(prepared) -> None:
    values, seen = 50 + np.random.default_rng(1).normal(0, 9, 30), np.ones(30, bool)
    seen[22] = False
    gapped = prepared(values, observed=seen)
    found = Judge.of(gapped, K, SEASON, relative=True)
    assert loss(found, Answers(gapped, 2.5)) == pytest.approx(
        by_hand(gapped, 2.5, relative=True), rel=1e-9
    )


def test_the_test_part_is_not_looked_at(prepared) -> None:
    values = 50 + np.random.default_rng(2).normal(0, 9, 30)
    changed = values.copy()
    changed[-4:] = 1e6
    losses = set()
    for one in (values, changed):
        parts = prepared(one)
        judge = Judge.of(parts, K, SEASON, relative=True)
        assert np.nanmax(judge.truth) < 1e6
        losses.add(loss(judge, Answers(prepared(values), 1.0)))
    assert len(losses) == 1


def test_a_constant_series_gives_a_finite_loss(prepared) -> None:
    parts = prepared(np.full(30, 5.0))
    judge = Judge.of(parts, K, SEASON, relative=True)
    assert np.isfinite(loss(judge, Answers(parts, 1.0)))


def test_without_an_observed_validation_part_there_is_no_judge(prepared) -> None:
    seen = np.ones(30, bool)
    seen[20:26] = False
    assert Judge.of(prepared(np.arange(30.0), observed=seen), K, SEASON, relative=True) is None


def test_of_very_many_origins_evenly_spaced_ones_are_taken(prepared, monkeypatch) -> None:
    monkeypatch.setattr(judging, "MOST_JUDGED", 7)
    rng = np.random.default_rng(3)
    parts = prepared(*(rng.normal(50, 9, 30) for _ in range(4)))
    judge = Judge.of(parts, K, SEASON, relative=True)
    assert sum(map(len, judge.origins)) == 7 == len(judge.truth)
    assert all(len(one) >= 1 for one in judge.origins)
    for one, origins in zip(judge.prepared, judge.origins, strict=True):
        assert ((origins >= one.split.train) & (origins < one.split.train + 6)).all()


def test_origins_of_one_horizon_and_series_lie_in_one_stretch(two) -> None:
    judge = Judge.of(two, K, SEASON, relative=True)
    assert judge.stretches.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
