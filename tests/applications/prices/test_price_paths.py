"""A path is four free numbers, and the features see nothing that comes later."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from made_prices import periods, price, quotes

from recurra.applications.prices import Quotes
from recurra.applications.prices.features import BOUND, WIDTH, seen
from recurra.applications.prices.network import PathHead
from recurra.applications.prices.path import moves, to_path, to_prices
from recurra.applications.prices.quotes import CLOSE, HIGH, LOW, OPEN

numbers = st.floats(-20, 20)
scales = st.floats(1e-5, 0.3)


@given(periods, price, scales)
def test_prices_become_a_path_and_the_same_prices_again(rows, before, scale) -> None:
    given_ = np.array(rows)
    around = np.full(len(rows), before), np.full(len(rows), scale)
    path = to_path(given_, *around)
    assert (path[:, 2:] >= -1e-9).all()
    assert to_prices(path, *around) == pytest.approx(given_, rel=1e-9)


@given(
    arrays(float, (5, 2), elements=numbers),
    arrays(float, (5, 2), elements=st.floats(0, 9)),
    price,
    scales,
)
def test_whatever_the_numbers_high_and_low_enclose_the_others(ends, reach, before, scale) -> None:
    path = np.concatenate([ends, reach], axis=1)
    found = to_prices(path, np.full(5, before), np.full(5, scale))
    assert (found > 0).all()
    body = found[:, [OPEN, CLOSE]]
    assert (found[:, HIGH] >= body.max(1)).all()
    assert (found[:, LOW] <= body.min(1)).all()


@given(arrays(np.float32, (3, 4, 6), elements=st.floats(-50, 50, width=32)), st.integers(0, 9))
def test_a_network_can_answer_nothing_but_a_path(features, seed) -> None:
    torch.manual_seed(seed)
    head = PathHead(6)
    torch.nn.init.normal_(head.dense.weight)
    path = head(torch.from_numpy(features))
    assert (path[..., 2:] >= 0).all()
    truth = torch.randn(3, 4, 4).abs()
    # The loss is the mean error of the four prices, as numpy has it.
    off = np.abs(moves(path.detach().numpy()) - moves(truth.numpy())).mean()
    assert float(head.loss(torch.from_numpy(features), truth).detach()) == pytest.approx(
        off, rel=1e-4
    )


def test_a_network_begins_with_the_last_close() -> None:
    path = PathHead(5)(torch.randn(2, 5))
    assert (path[:, :2] == 0).all()


@given(st.integers(1, 59))
def test_what_is_seen_of_a_period_hangs_on_nothing_later(end: int) -> None:
    whole = quotes(days=60)
    cut = Quotes("A", whole.times[:end], whole.prices[:end], whole.volume[:end])
    first, second = seen(whole), seen(cut)
    assert np.allclose(first.features[:end], second.features)
    assert np.allclose(first.scale[:end], second.scale)
    assert np.allclose(first.targets[: end - 1], second.targets[:-1])
    assert np.isnan(second.targets[-1]).all()


def test_targets_are_the_path_of_the_next_period() -> None:
    one = quotes(days=50)
    found = seen(one)
    back = to_prices(found.targets[:-1], found.close[:-1], found.scale[:-1])
    assert back == pytest.approx(one.prices[1:])


def test_what_is_seen_is_the_same_in_any_currency_and_bounded() -> None:
    one = quotes(days=80)
    dear = Quotes("A", one.times, 350 * one.prices, one.volume)
    assert np.allclose(seen(one).features, seen(dear).features)
    wild = one.prices.copy()
    wild[40] *= 50
    found = seen(Quotes("A", one.times, wild, np.full(80, np.nan)))
    assert found.features.shape == (80, WIDTH)
    assert np.abs(found.features).max() <= BOUND
    assert (found.features[:, 6:8] == 0).all(), "no volume is known"


def test_a_price_that_never_moves_has_a_scale_above_zero() -> None:
    still = Quotes("A", quotes(days=30).times, np.full((30, 4), 7.0), np.zeros(30))
    found = seen(still)
    assert np.isfinite(found.features).all()
    assert (found.scale > 0).all()
    assert (found.targets[:-1] == 0).all()
