import numpy as np
import pytest

from recurra.forecasting import together as module
from recurra.forecasting.histories import Histories
from recurra.forecasting.panel import Series
from recurra.forecasting.together import together


def history(number: int, rows: int) -> Histories:
    values = np.arange(20.0) + 100 * number
    one = Series(str(number), np.int64(0), values, np.ones(20, bool))
    return Histories.before(one, number, np.arange(5, 5 + rows), 4)


@pytest.mark.parametrize(
    ("most", "calls"), [(10**9, [6]), (12, [3, 3]), (13, [3, 3]), (8, [2, 1, 3]), (1, [2, 1, 3])]
)
def test_each_gets_its_own_forecasts_in_as_few_calls_as_fit(monkeypatch, most, calls):
    monkeypatch.setattr(module, "MOST_VALUES", most)
    made: list[int] = []

    def last_and_series(rows: Histories, horizon: int) -> np.ndarray:
        made.append(len(rows))
        return np.stack([rows.values[:, -1], rows.series], axis=1)[:, :horizon]

    each = [history(0, 2), history(1, 1), history(2, 3)]
    forecasts = [one.tolist() for one in together(last_and_series, iter(each), 2)]
    assert forecasts == [
        [[4, 0], [5, 0]],
        [[104, 1]],
        [[204, 2], [205, 2], [206, 2]],
    ]
    assert made == calls


def test_nothing_gives_nothing():
    assert [*together(lambda rows, horizon: np.empty((0, 1)), [], 1)] == []
