"""The learning rate goes up in a line and down along half a cosine."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.training.schedule import WarmupCosine


def test_the_shares_of_a_short_training_worked_by_hand() -> None:
    schedule = WarmupCosine(20, warmup=2, last=0.0)
    assert [schedule.share(step) for step in (0, 1, 2)] == pytest.approx([1 / 3, 2 / 3, 1])
    # 17 steps lie between the peak and the end.
    assert schedule.share(2 + 8) == pytest.approx((1 + math.cos(math.pi * 8 / 17)) / 2)
    assert schedule.share(19) == pytest.approx(0, abs=1e-12)


@settings(deadline=None)
@given(st.integers(1, 3000), st.integers(0, 400), st.floats(0, 1))
def test_it_rises_to_the_peak_and_falls_to_the_last_share(steps, warmup, last) -> None:
    schedule = WarmupCosine(steps, warmup, last)
    shares = [schedule.share(step) for step in range(steps)]
    peak = min(warmup, steps // 10)
    assert shares[peak] == pytest.approx(1)
    assert shares[: peak + 1] == sorted(shares[: peak + 1])
    assert shares[peak:] == sorted(shares[peak:], reverse=True)
    assert all(0 < share <= 1 + 1e-12 or share == last for share in shares)
    if steps > peak + 1:
        assert shares[-1] == pytest.approx(last)


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"warmup": -1}, {"last": 1.5}, {"last": -0.1}])
def test_what_is_out_of_range_is_refused(wrong) -> None:
    with pytest.raises(OptionError):
        WarmupCosine(**{"steps": 10, **wrong})
