import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.forecasting.baselines import seasonal_naive
from recurra.forecasting.stepwise import network as networks
from recurra.forecasting.stepwise import rollout
from recurra.forecasting.stepwise.changes import Changes
from recurra.forecasting.stepwise.sight import Sight

LOOKBACK = 6


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return networks.build("lstm", (5, 3))


def windows_of(count: int) -> torch.Tensor:
    return torch.randn(count, LOOKBACK, generator=torch.Generator().manual_seed(1))


def changes_of(count: int, lag: int) -> Changes:
    drift, spread = torch.rand(2, count, generator=torch.Generator().manual_seed(2))
    return Changes(Sight(LOOKBACK, lag), drift, 0.5 + spread)


def by_a_plain_loop(network, window, changes, horizon):
    """One window, one step after the other, in plain Python."""
    known, lag, drift, spread = window.tolist(), *changes
    for _ in range(horizon):
        answer = network(torch.tensor(known[-LOOKBACK:]).reshape(1, LOOKBACK, 1)).item()
        known.append(known[-lag] + drift + spread * answer)
    return known[LOOKBACK:]


@pytest.mark.parametrize("lag", [1, 4, LOOKBACK])
def test_feeding_predictions_back_equals_a_plain_loop(network, lag):
    windows, changes = windows_of(5), changes_of(5, lag)
    expected = [
        by_a_plain_loop(network, windows[row], (lag, drift, spread), 9)
        for row, (drift, spread) in enumerate(
            zip(changes.drift.tolist(), changes.spread.tolist(), strict=True)
        )
    ]
    forecast = rollout.recursive(network, windows, changes, 9)
    assert forecast.numpy() == pytest.approx(np.array(expected), abs=1e-5)


def test_one_step_is_recursive_with_horizon_1(network):
    windows, changes = windows_of(7), changes_of(7, 2)
    several = rollout.recursive(network, windows, changes, 4)
    assert torch.equal(rollout.one_step(network, windows, changes), several[:, 0])


def test_more_windows_than_a_batch_holds_keep_their_own_changes(network):
    count = rollout.BATCH + 3
    windows, changes = windows_of(count), changes_of(count, 1)
    whole = rollout.recursive(network, windows, changes, 2)
    end = rollout.recursive(network, windows[-5:], changes[slice(count - 5, count)], 2)
    assert whole.shape == (count, 2)
    assert whole[-5:].numpy() == pytest.approx(end.numpy(), abs=1e-6)


def test_strided_windows_are_read_and_left_as_they_are(network):
    values = windows_of(4).reshape(-1)
    views, before = values.unfold(0, LOOKBACK, 1), values.clone()
    changes = Changes(Sight(LOOKBACK, 1), torch.tensor(0.1), torch.tensor(0.5))
    forecast = rollout.recursive(network, views, changes, 3)
    copied = rollout.recursive(network, views.clone(), changes, 3)
    assert torch.equal(forecast, copied)
    assert torch.equal(values, before)


def test_no_windows_give_no_forecasts(network):
    assert rollout.recursive(network, windows_of(0), changes_of(0, 1), 3).shape == (0, 3)


@given(st.integers(1, LOOKBACK), st.integers(1, 20), st.lists(st.floats(-9, 9, width=32),
       min_size=LOOKBACK, max_size=LOOKBACK))  # fmt: skip
def test_without_any_spread_or_drift_it_is_exactly_the_seasonal_naive_forecast(
    network, lag, horizon, window
):
    still = Changes(Sight(LOOKBACK, lag), torch.tensor(0.0), torch.tensor(0.0))
    forecast = rollout.recursive(network, torch.tensor([window]), still, horizon)
    expected = seasonal_naive(np.array(window), np.array([LOOKBACK]), horizon, lag)
    assert np.array_equal(forecast.double().numpy(), expected)


def test_the_network_forecasts_in_evaluation_mode_and_without_gradients(network):
    network.train()
    forecast = rollout.recursive(network, windows_of(2), changes_of(2, 1), 2)
    assert not network.training
    assert not forecast.requires_grad


def test_with_a_season_beyond_the_lookback_each_step_shows_the_season_before_too():
    torch.manual_seed(0)
    network = networks.build("gru", (4,), channels=2)
    lag = LOOKBACK + 3
    sight = Sight(LOOKBACK, lag)
    windows = torch.randn(2, sight.reach)
    changes = Changes(sight, torch.tensor(0.1), torch.tensor(0.7))
    forecast = rollout.recursive(network, windows, changes, 12)
    for window, ahead in zip(windows.tolist(), forecast.tolist(), strict=True):
        known = window
        for _ in range(12):
            now = len(known)
            steps = [[known[s], known[s + 1 - lag]] for s in range(now - LOOKBACK, now)]
            answer = network(torch.tensor([steps])).item()
            known = [*known, known[now - lag] + 0.1 + 0.7 * answer]
        assert ahead == pytest.approx(known[-12:], abs=1e-5)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(1, 5))
def test_parts_together_are_to_the_bit_what_each_is_alone(network, parts, horizon):
    total = sum(parts)
    windows, changes = windows_of(total), changes_of(total, 2)
    together = rollout.apart(network, windows, changes, horizon, parts)
    firsts = np.cumsum(parts) - parts
    for first, count in zip(firsts.tolist(), parts, strict=True):
        rows = slice(first, first + count)
        alone = rollout.recursive(network, windows[rows], changes[rows], horizon)
        assert torch.equal(together[rows], alone)
