"""A window's units take a forecast back to where it came from."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.forecasting.segments.base import repeated
from recurra.forecasting.segments.frames import ByVolatility, FromLast, LogOfLevel, last_seen

FRAMES = [LogOfLevel(4), ByVolatility(), FromLast()]


@pytest.mark.parametrize("frame", FRAMES, ids=lambda one: type(one).__name__)
@settings(deadline=None)
@given(st.floats(0.01, 1e4), st.integers(0, 2**31))
def test_what_was_seen_comes_back(frame, level, seed) -> None:
    generator = torch.Generator().manual_seed(seed)
    past = level * (1 + 0.5 * torch.rand(3, 8, generator=generator))
    framed = frame.framed(past, torch.ones(3, 8))
    torch.testing.assert_close(frame.restored(framed.x, framed), past, rtol=2e-4, atol=2e-4 * level)


@pytest.mark.parametrize("frame", FRAMES, ids=lambda one: type(one).__name__)
def test_what_was_not_seen_has_no_influence(frame) -> None:
    seen = torch.tensor([[0.0, 0, 1, 1, 0, 1, 1, 1]])
    past = torch.tensor([[0.0, 0, 3, 4, 0, 5, 2, 4]])
    other = torch.where(seen > 0, past, torch.tensor(77.0))
    first, second = frame.framed(past * seen, seen), frame.framed(other * seen, seen)
    assert torch.equal(first.x, second.x)
    assert (first.x[seen == 0] == 0).all()


def test_units_worked_by_hand() -> None:
    past, seen = torch.tensor([[2.0, 4, 6, 2]]), torch.ones(1, 4)
    log = LogOfLevel(2).framed(past, seen)
    assert log.level.item() == 4
    torch.testing.assert_close(log.x, torch.log(past / 4))
    restless = ByVolatility().framed(past, seen)
    # Changes of 2, 2 and 4: three times their mean is 8.
    assert restless.spread.item() == 8
    assert restless.x.tolist() == [[0, 0.25, 0.5, 0]]
    assert FromLast().framed(past, seen).x.tolist() == [[0, 2, 4, 0]]


@pytest.mark.parametrize("frame", FRAMES, ids=lambda one: type(one).__name__)
def test_a_window_that_stood_still_or_is_empty_gives_finite_numbers(frame) -> None:
    for past, seen in ((torch.full((1, 6), 5.0), torch.ones(1, 6)), (torch.zeros(1, 6),) * 2):
        framed = frame.framed(past, seen)
        back = frame.restored(torch.full((1, 2), 0.1), framed)
        assert torch.isfinite(framed.x).all()
        assert torch.isfinite(back).all()


def test_the_last_value_that_was_seen() -> None:
    past = torch.tensor([[1.0, 2, 3], [1, 2, 0], [0, 0, 0]])
    seen = torch.tensor([[1.0, 1, 1], [1, 1, 0], [0, 0, 0]])
    assert last_seen(past, seen).tolist() == [[3], [2], [0]]


def test_a_forecast_starts_from_the_last_season_over_and_over() -> None:
    x, seen = torch.tensor([[9.0, 1, 2, 3]]), torch.ones(1, 4)
    assert repeated(x, seen, 3, 5).tolist() == [[1, 2, 3, 1, 2]]
    assert repeated(x, seen, 1, 3).tolist() == [[3, 3, 3]]
    gap = torch.tensor([[1.0, 1, 0, 1]])
    # The mean of 1 and 3 stands in for the 2 that was not seen.
    assert repeated(x * gap, gap, 3, 3).tolist() == [[1, 2, 3]]
