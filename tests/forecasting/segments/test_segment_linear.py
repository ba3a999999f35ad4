"""The linear way that is solved is ridge regression, and is taken only where it helps."""

import numpy as np
import pytest
import torch

from recurra.forecasting.segments.batch import Batch
from recurra.forecasting.segments.frames import FromLast, LogOfLevel
from recurra.forecasting.segments.linear import FEWEST, SHRINKAGES, solve
from recurra.forecasting.segments.network import SegmentNetwork, Sizes

L, K = 12, 4


def network(frame=None) -> SegmentNetwork:
    torch.manual_seed(0)
    return SegmentNetwork(Sizes(L, K, 4, 4), frame or FromLast(), "gru", 3).eval()


def windows(count: int, noise: float = 0.1, seed: int = 0) -> Batch:
    """Values whose change from the last is linear in the window."""
    torch.manual_seed(seed)
    past = torch.randn(count, L)
    torch.manual_seed(1)
    change = 0.3 * torch.randn(L, K)
    torch.manual_seed(seed + 2)
    future = past[:, -1:] + (past - past[:, -1:]) @ change + noise * torch.randn(count, K)
    return Batch(past, torch.ones_like(past), future, torch.ones_like(future), torch.ones(count))


def error(net: SegmentNetwork, batch: Batch):
    return lambda: (net(batch) - batch.future).abs().mean().item()


@pytest.mark.parametrize("share", [1.0, 0.01])
def test_it_is_least_squares_with_rows_added_that_pull_to_zero(share: float) -> None:
    net, batch = network(), windows(300)
    found = solve(net, iter([batch]), None, share)
    x = (batch.past - batch.past[:, -1:]).double().numpy()
    y = (batch.future - batch.past[:, -1:]).double().numpy()
    weight = share * np.trace(x.T @ x) / L  # lambda, for sums instead of means
    rows = np.vstack([x, np.sqrt(weight) * np.eye(L)])
    expected = np.linalg.lstsq(rows, np.vstack([y, np.zeros((L, K))]), rcond=None)[0]
    np.testing.assert_allclose(found.weight.numpy(), expected.T, atol=1e-5)


def test_the_shrinkage_is_the_best_on_held_out_windows() -> None:
    net, held_out = network(), windows(400, seed=5)
    batch = windows(80, noise=1.0)
    judge = error(net, held_out)
    found = solve(net, iter([batch]), judge)
    losses = {}
    for share in SHRINKAGES:
        with torch.no_grad():
            net.skip.weight.copy_(solve(net, iter([batch]), None, share).weight)
        losses[share] = judge()
    assert found.shrinkage == min(losses, key=losses.__getitem__)


def test_nothing_is_taken_where_the_last_value_is_better() -> None:
    torch.manual_seed(3)
    past, noise = torch.randn(60, L), torch.randn(60, K)
    batch = Batch(past, torch.ones_like(past), noise, torch.ones_like(noise), torch.ones(60))
    net = network()
    still = Batch(past, torch.ones_like(past), past[:, -1:].expand(-1, K), noise, torch.ones(60))
    assert solve(net, iter([batch]), error(net, still)) is None


def test_windows_without_their_whole_future_do_not_count() -> None:
    whole, cut = windows(FEWEST), windows(200, seed=9)
    cut.counts[:, -1] = 0
    net = network()
    found = solve(net, iter([whole, cut]), None, 0.1)
    assert torch.equal(found.weight, solve(net, iter([whole]), None, 0.1).weight)
    assert solve(net, iter([cut]), None, 0.1) is None


def test_too_few_windows_are_not_solved_for() -> None:
    assert solve(network(), iter([windows(FEWEST - 1)]), None, 0.1) is None


def test_it_works_in_the_units_of_the_frame() -> None:
    net = network(LogOfLevel(4))
    torch.manual_seed(0)
    past = torch.exp(torch.randn(300, L))
    level = past[:, -4:].mean(1, keepdim=True)
    future = level * torch.exp(0.5 * torch.log(past[:, :K] / level))
    batch = Batch(past, torch.ones_like(past), future, torch.ones_like(future), torch.ones(300))
    found = solve(net, iter([batch]), None, 1e-6)
    with torch.no_grad():
        net.skip.weight.copy_(found.weight)
    torch.testing.assert_close(net(batch), future, rtol=1e-3, atol=1e-3)
