"""Strange stretches: as many, as long and as deep as asked, and nothing else is touched."""

import torch

from recurra.forecasting.segments.batch import Batch
from recurra.forecasting.segments.disturbing import DEEPEST, HIGHEST, disturbed

L = 96


def one(rows: int = 4000) -> Batch:
    past = torch.rand(rows, L) + 1
    future = torch.rand(rows, 4)
    return Batch(past, torch.ones_like(past), future, torch.ones_like(future), torch.ones(rows))


def changed(batch: Batch, share: float, longest: int, seed: int = 0) -> torch.Tensor:
    """By how many natural logarithms each value was changed, (B, L)."""
    generator = torch.Generator().manual_seed(seed)
    (found,) = disturbed(iter([batch]), share, longest, generator)
    assert torch.equal(found.future, batch.future)
    return torch.log(found.past / batch.past)


def test_so_many_windows_hold_a_strange_stretch() -> None:
    change = changed(one(), 0.2, 24)
    hit = (change.abs() > 1e-4).any(1).float().mean()
    assert 0.17 < hit < 0.23


def test_a_stretch_is_in_one_piece_and_no_longer_than_asked() -> None:
    change = changed(one(), 1.0, 24).abs() > 1e-3
    lengths = change.sum(1)
    assert lengths.max() == 24
    assert lengths.float().mean() > 10
    edges = (change[:, 1:] != change[:, :-1]).sum(1)
    assert edges.max() == 2


def test_most_are_lowered_and_none_beyond_the_bounds() -> None:
    change = changed(one(), 1.0, 24)
    assert -DEEPEST - 1e-5 <= change.min() < -0.9 * DEEPEST
    assert 0.9 * HIGHEST < change.max() <= HIGHEST + 1e-5
    assert ((change < -1e-3).sum() > (change > 1e-3).sum()).item()


def test_a_share_of_nothing_changes_nothing() -> None:
    assert not changed(one(50), 0.0, 24).any()


def test_the_same_seed_gives_the_same_stretches() -> None:
    batch = one(50)
    assert torch.equal(changed(batch, 0.5, 24, seed=3), changed(batch, 0.5, 24, seed=3))
