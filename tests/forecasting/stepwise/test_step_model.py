import json

import numpy as np
import pytest
import torch

from recurra.errors import DataError, ShapeError
from recurra.forecasting.histories import Histories
from recurra.forecasting.panel import Series
from recurra.forecasting.scaling import Scale
from recurra.forecasting.stepwise import network as networks
from recurra.forecasting.stepwise import reading
from recurra.forecasting.stepwise.changes import Changes
from recurra.forecasting.stepwise.known import Known
from recurra.forecasting.stepwise.model import StepModel
from recurra.forecasting.stepwise.sight import Sight

SIGHT = Sight(6, 2)


def series(name: str, count: int = 40, unit: float = 1.0) -> Series:
    values = unit * np.random.default_rng(len(name)).normal(5, 2, count)
    return Series(name, np.int64(0), values, np.ones(count, bool))


@pytest.fixture
def model() -> StepModel:
    torch.manual_seed(0)
    made = StepModel(networks.build("gru", (4, 3)), Known(SIGHT, [], []))
    for one in (series("a"), series("bb", unit=1000)):
        made.number_of(one)
    return made


def by_hand(model: StepModel, one: Series, origin: int, horizon: int) -> list[float]:
    """One forecast, one step after the other, in plain Python; the constants learned anew."""
    scale = Scale.of(one.values)
    changes = Changes.of(scale.scaled(one.values), SIGHT)
    known = ((one.values[:origin] - scale.mean) / scale.deviation).tolist()
    for _ in range(horizon):
        window = torch.tensor(known[-SIGHT.lookback :]).float().reshape(1, -1, 1)
        answer = model.network(window).item()
        known.append(known[-SIGHT.lag] + float(changes.drift) + float(changes.spread) * answer)
    return [scale.mean + scale.deviation * value for value in known[origin:]]


def test_rows_of_several_series_are_forecast_each_in_its_own_units(model):
    each = [series("a"), series("bb", unit=1000)]
    origins = [[6, 40], [20]]
    rows = Histories.joined(
        [Histories.before(one, n, origins[n], model.reach) for n, one in enumerate(each)]
    )
    expected = [
        by_hand(model, one, o, 3) for one, at in zip(each, origins, strict=True) for o in at
    ]
    assert model.forecast(rows, 3) == pytest.approx(np.array(expected), rel=1e-4)


def test_each_by_itself_is_the_same_as_by_calls_of_ones_own(model):
    each = [Histories.before(series("a"), 0, range(6, 30), 6) for _ in range(2)]
    made = [*model.forecast_each(each, 4)]
    assert [one.tolist() for one in made] == [model.forecast(one, 4).tolist() for one in each]


def test_no_rows_give_no_forecasts(model):
    assert model.forecast(Histories.before(series("a"), 0, [], 6), 5).shape == (0, 5)


def test_a_series_that_stood_still_is_forecast_as_such(model):
    still = Series("still", np.int64(0), np.full(12, 7.5), np.ones(12, bool))
    rows = Histories.before(still, model.number_of(still), [12], model.reach)
    assert model.forecast(rows, 3).tolist() == [[7.5] * 3]


def test_it_knows_a_series_by_its_id_and_takes_up_others_in_their_own_units(model):
    assert (model.number_of(series("a")), model.number_of(series("bb"))) == (0, 1)
    new = series("new", 10, unit=1e6)
    assert model.number_of(new) == 2
    assert [*model.ids] == ["a", "bb", "new"]
    assert model.known.rows[2][0] == pytest.approx(new.values.mean())
    # What it has learned stays, whatever comes later.
    rows = [*model.known.rows]
    assert model.number_of(series("new", 20)) == 2
    assert model.known.rows == rows


@pytest.mark.parametrize(("name", "count", "least"), [("a", 5, 6), ("new", 9, 10)])
def test_too_short_a_history_is_refused_and_not_taken_up(model, name, count, least):
    with pytest.raises(DataError, match=f"{count} points of the series '{name}'") as caught:
        model.number_of(series(name, count))
    assert caught.value.expected.startswith(f"at least {least}")
    assert [*model.ids] == ["a", "bb"]


def test_what_a_copy_takes_up_the_model_does_not(model):
    copy = model.copy()
    assert copy.network is model.network
    assert copy.number_of(series("new")) == 2
    assert [*model.ids] == ["a", "bb"]
    assert model.number_of(series("other")) == 2
    assert copy.known.rows[2] != model.known.rows[2]


def test_it_names_its_cell_and_sizes(model):
    assert model.summary == "gru, units 4 → 3 → 1"
    assert (model.form, model.cell.name, model.reach, model.least) == ("stepwise", "gru", 6, 6)


def test_what_describes_it_makes_it_again(model):
    plain = json.loads(json.dumps(model.describe()))
    again, options = reading.read(plain, model.arrays(), None)
    assert again.known == model.known
    assert options == {"cell": model.cell, "hidden_size": (4, 3)}
    rows = Histories.before(series("a"), 0, range(6, 40), 6)
    assert again.forecast(rows, 3).tolist() == model.forecast(rows, 3).tolist()


@pytest.mark.parametrize("change", [{"lookback": 0}, {"lag": 0}, {"series": ["a"]}])
def test_numbers_that_do_not_fit_together_are_refused(model, change):
    with pytest.raises(ShapeError, match="constants of"):
        reading.read({**model.describe(), **change}, model.arrays(), None)
