import numpy as np
import torch

from recurra.forecasting.changes import Changes
from recurra.forecasting.panel import Series
from recurra.forecasting.scaling import Scale
from recurra.forecasting.sight import Sight
from recurra.forecasting.tail import Tail


def test_a_tail_is_a_copy_of_the_end_and_knows_the_places_after_it():
    values = np.arange(10.0)
    series = Series("a", np.int64(5), values, np.ones(10, bool))
    changes = Changes(Sight(3, 1), torch.tensor(0.0), torch.tensor(1.0))
    tail = Tail.of(series, Scale(0.0, 1.0), changes)
    values[-1] = 99
    assert tail.values.tolist() == [7, 8, 9]
    assert (tail.id, tail.origin, tail.length) == ("a", 5, 10)
    assert tail.ahead(2).tolist() == [10, 11]
