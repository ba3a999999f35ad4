import pytest

from recurra import Forecaster
from recurra.errors import OptionError

OPTIONS = (
    *("cell", "hidden_size", "lookback", "horizon", "strategy", "optimizer", "learning_rate"),
    *("epochs", "steps", "batch_size", "ensemble", "seasonality", "dilation"),
    *("validation", "test", "callbacks", "refit", "seed"),
    *("static", "past", "future", "categorical", "calendar", "holidays", "auto", "by", "head"),
)


def test_the_options_are_those_of_the_constructor_as_given():
    sizes = [5, 3]
    params = Forecaster(hidden_size=sizes, seed=7).get_params()
    assert tuple(params) == OPTIONS
    assert params["hidden_size"] is sizes
    assert (params["seed"], params["epochs"]) == (7, None)


def test_the_constructor_checks_nothing_and_sets_nothing_else():
    assert vars(Forecaster(epochs=-1)) == {**Forecaster().get_params(), "epochs": -1}


def test_set_options_are_stored_and_unknown_ones_named():
    forecaster = Forecaster()
    assert forecaster.set_params(epochs=3, seed=1) is forecaster
    assert (forecaster.epochs, forecaster.seed) == (3, 1)
    with pytest.raises(OptionError, match="'epoch'") as caught:
        forecaster.set_params(epoch=5)
    assert "epochs" in caught.value.expected


def test_repr_shows_what_differs_from_the_defaults_and_can_be_evaluated():
    assert repr(Forecaster()) == "Forecaster()"
    forecaster = Forecaster(cell="gru", lookback=12)
    assert repr(forecaster) == "Forecaster(cell='gru', lookback=12)"
    again = eval(repr(forecaster), {"Forecaster": Forecaster})
    assert again.get_params() == forecaster.get_params()


def test_scikit_learn_can_clone_it(fitted):
    base = pytest.importorskip("sklearn.base")
    clone = base.clone(fitted)
    assert clone.get_params() == fitted.get_params()
    assert not hasattr(clone, "network_")
