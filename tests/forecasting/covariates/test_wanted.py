"""What a forecaster is asked to read is checked before any table is."""

import numpy as np
import pytest

from recurra import Forecaster
from recurra.errors import OptionError
from recurra.forecasting.covariates import Wanted


def wanted(**options):
    return Wanted.of(vars(Forecaster(**options)))


@pytest.mark.parametrize("options", [{}, {"calendar": None}, {"calendar": []}, {"static": []}])
def test_nothing_asked_for_is_nothing(options):
    assert wanted(**options) is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"future": "price"}, "['price']"),
        ({"future": [1]}, "future=[1]"),
        ({"future": ["a"], "past": ["a"]}, "2 times"),
        ({"categorical": ["shop"]}, "no covariate"),
        ({"calendar": "weekend"}, "calendar=['weekend']"),
        ({"calendar": 3}, "calendar=3"),
        ({"calendar": ["moon"]}, "moon"),
        ({"calendar": [1]}, "[1]"),
        ({"holidays": True}, "holidays=True"),
        ({"holidays": ""}, "holidays=''"),
        ({"holidays": "XX"}, "XX"),
    ],
)
def test_what_cannot_be_meant_is_told(options, said, assert_helpful):
    with pytest.raises(OptionError) as error:
        wanted(**options)
    assert_helpful(error.value, said)


def test_series_come_in_the_order_of_those_that_are_learned_from(shops, read, learn, roles):
    panel = read(shops({"a": 20, "b": 30, "c": 25}))
    found = wanted(static=roles.static, past=roles.past, future=roles.future).learn(
        panel, {"a": 12, "c": 15}, 3
    )
    assert found.ids == ("a", "c")
    assert found.left_out == {"b"}
    alone = learn(shops({"a": 20, "c": 25}), held_out=0)
    assert (found.lengths == alone.lengths).all()
    # Scales are of the 27 training points alone.
    values = np.concatenate([shops({"a": 20, "b": 30, "c": 25}).filter(shop=name)["price"][:count]
                             for name, count in (("a", 12), ("c", 15))])  # fmt: skip
    assert found.encoding.scales["price"].mean == pytest.approx(values.mean())
