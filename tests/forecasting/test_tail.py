import numpy as np

from recurra.forecasting.panel import Series
from recurra.forecasting.scaling import Scale
from recurra.forecasting.tail import Tail, histories


def series(count: int) -> Series:
    return Series("a", np.int64(5), np.arange(float(count)), np.arange(count) != count - 2)


def test_a_tail_is_a_copy_of_the_end_and_knows_the_places_after_it():
    one = series(10)
    tail = Tail.of(one, 7, Scale(0.0, 1.0), 3)
    one.values[-1], one.observed[-1] = 99, False
    assert tail.values.tolist() == [7, 8, 9]
    assert tail.seen.tolist() == [True, False, True]
    assert (tail.id, tail.origin, tail.length, tail.number) == ("a", 5, 10, 7)
    assert tail.ahead(2).tolist() == [10, 11]


def test_the_tail_of_a_series_shorter_than_it_is_filled_at_its_beginning():
    tail = Tail.of(series(4), 0, Scale(0.0, 1.0), 6)
    assert tail.values.tolist() == [0, 0, 0, 1, 2, 3]
    assert tail.seen.tolist() == [False, False, True, True, False, True]


def test_tails_as_histories_are_a_row_each_in_their_order():
    tails = [
        Tail.of(series(count), number, Scale(0.0, 1.0), 2) for count, number in [(5, 3), (9, 1)]
    ]
    rows = histories(tails)
    assert rows.series.tolist() == [3, 1]
    assert rows.values.tolist() == [[3, 4], [7, 8]]
    assert rows.seen.tolist() == [[False, True]] * 2
    assert rows.ends.tolist() == [5, 9]
