"""Time is left for what comes after a search."""

import math

from recurra.forecasting.segments.search.budget import Budget
from recurra.forecasting.segments.search.timetable import JUDGING, Timetable


def test_two_rounds_of_trainings_and_the_judging_are_left_room_for() -> None:
    now = [100.0]
    table = Timetable.begin(Budget(seconds=60), networks=3, clock=lambda: now[0])
    assert table.left(2.0) == 60 - 2 * (3 + 3 + JUDGING)
    now[0] += 40
    assert table.spent == 40
    assert table.left(2.0) == 20 - 2 * (6 + JUDGING)
    assert table.left(4.0) < 0


def test_a_number_of_trials_asks_for_no_time() -> None:
    table = Timetable.begin(Budget(trials=5), networks=3)
    assert table.left(1e9) == math.inf
