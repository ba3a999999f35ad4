"""What a budget may be, and what is refused in words."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.forecasting.segments.search.budget import Budget


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("10m", 600),
        ("10 min", 600),
        ("1h", 3600),
        ("1.5h", 5400),
        (" 90 S ", 90),
        ("45", 45),
        (".5m", 30),
        (45, 45),
        (0.5, 0.5),
    ],
)
def test_times(text, seconds) -> None:
    assert Budget.parse(text) == Budget(seconds=seconds)


@pytest.mark.parametrize(("text", "trials"), [("20 trials", 20), ("1 trial", 1), ("7trials", 7)])
def test_numbers_of_trials(text, trials) -> None:
    assert Budget.parse(text) == Budget(trials=trials)


@pytest.mark.parametrize(
    "bad",
    [
        *("", " ", "-3m", "0 trials", "0", "0s", "abc", "nan", "inf", "1e3", "3 m 4", "2.5 trials"),
        *("trials", "m", "10 days", "-1 trials", "1 trials 5m"),
        *(0, -1, math.nan, math.inf, True, False, [], (10,), b"10m", object()),
        "9" * 400,
    ],
)
def test_what_is_none_is_refused(bad, assert_helpful) -> None:
    with pytest.raises(OptionError) as caught:
        Budget.parse(bad)
    assert_helpful(caught.value, "auto=", "20 trials")


@settings(deadline=None)
@given(st.text(max_size=12))
def test_any_text_is_a_budget_above_0_or_refused(text) -> None:
    try:
        found = Budget.parse(text)
    except OptionError:
        return
    assert (found.seconds is None) != (found.trials is None)
    assert (found.seconds or found.trials) > 0


@settings(deadline=None)
@given(st.integers(1, 10**6))
def test_what_it_says_is_read_again(count) -> None:
    assert Budget.parse(Budget.parse(f"{count} trials").trials) == Budget(seconds=count)
    assert Budget.parse(str(Budget(seconds=count / 8))).seconds == pytest.approx(
        count / 8, rel=1e-5
    )
