import numpy as np
import pytest

from recurra import Forecaster
from recurra.errors import CellError, OptionError
from recurra.forecasting.panel import Series
from recurra.forecasting.plan import Plan
from recurra.forecasting.preparation import prepare
from recurra.forecasting.stepwise.form import StepForm

SEASON = np.tile([0.0, 5, 9, 2, 7], 12) + np.random.default_rng(0).normal(0, 0.1, 60)
PLAN = Plan(horizon=2, lookback=4, validation=6, test=6)


def form(**options) -> StepForm:
    return StepForm.of(Forecaster(hidden_size=3, epochs=1, **options).get_params())


def learned(made: StepForm, season: int, plan: Plan = PLAN):
    """The model and what was told before training."""
    told = []
    series = Series("a", np.int64(0), SEASON, np.ones(60, bool))
    found = made.learn(prepare([series], plan), plan, season, lambda *one: told.append(one))
    return found, told


def test_it_tells_once_of_the_untrained_model_and_gives_the_same_one_trained():
    found, told = learned(form(), 1)
    ((model, notes),) = told
    assert found.model is model
    assert notes[0] == "the network forecasts each value as a change from the value before it"
    assert len(found.history.epoch) == 1


@pytest.mark.parametrize(
    ("lookback", "season", "sight", "said"),
    [
        (4, 1, (4, 1), "from the value before it"),
        # A lookback that was wished for is all that it sees, one that we chose is not.
        (4, 5, (4, 1), "from the value before it"),
        (None, 5, (4, 5), "5 steps before it, and sees the season before as well"),
        # Unless that would leave less than half of the training part.
        (None, 40, (4, 1), "from the value before it"),
    ],
)
def test_a_season_is_seen_where_there_is_room_for_it(lookback, season, sight, said):
    found, ((_, notes),) = learned(form(lookback=lookback), season)
    assert (found.model.known.sight.lookback, found.model.known.sight.lag) == sight
    assert notes[0].endswith(said)


def test_within_the_lookback_a_season_needs_no_second_number():
    plan = Plan(horizon=2, lookback=5, validation=6, test=6)
    found, ((_, notes),) = learned(form(lookback=5), 5, plan)
    assert found.model.known.sight.channels == 1
    assert notes[0].endswith("a change from the value 5 steps before it")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"cell": "lsmt"}, CellError),
        ({"optimizer": "adamm"}, OptionError),
        ({"learning_rate": -1.0}, OptionError),
    ],
)
def test_what_cannot_be_built_is_known_before_there_is_anything_to_learn_from(options, error):
    form().check()
    with pytest.raises(error):
        form(**options).check()
