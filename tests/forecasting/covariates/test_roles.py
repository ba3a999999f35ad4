"""Roles are checked when they are written, and against the table when it is read."""

import json
from typing import Any

import pytest

from recurra.errors import DataError, OptionError
from recurra.forecasting.covariates import Roles
from recurra.forecasting.panel import Panel


def test_lists_become_tuples_and_names_keep_the_order_static_past_future():
    roles = Roles(static=["a"], past=["b", "c"], future=["d"], categorical=["c"])
    assert roles.names == ("a", "b", "c", "d")
    assert roles == Roles(("a",), ("b", "c"), ("d",), ("c",))


def test_plain_json_gives_the_same_roles():
    roles = Roles(static=["a"], past=["b"], categorical=["a"])
    assert Roles.from_json(json.loads(json.dumps(roles.to_json()))) == roles


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"past": ["a", "a"]}, "'a' is named 2 times"),
        ({"past": ["a"], "future": ["a"]}, "'a' is named 2 times"),
        ({"static": "kind"}, "static='kind'"),
        ({"static": [1]}, "static=[1]"),
        ({"future": [""]}, "future=['']"),
        ({"past": None}, "past=None"),
        ({"categorical": ["a"]}, "categorical='a'"),
    ],
)
def test_what_is_no_list_of_different_names_is_refused(options: dict[str, Any], said: str):
    with pytest.raises(OptionError) as error:
        Roles(**options)
    assert said in str(error.value)
    assert error.value.do


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        (Roles(past=["temprature"]), "did you mean 'temperature'?"),
        (Roles(past=["sold"]), "'sold' is named as a covariate, and as"),
        (Roles(future=["day"]), "'day' is named as a covariate, and as"),
        (Roles(static=["shop"]), "'shop' is named as a covariate, and as"),
    ],
)
def test_columns_that_are_absent_or_something_else_are_refused(
    shops, read, assert_helpful, roles, said
):
    with pytest.raises(DataError) as error:
        read(shops({"a": 20}), roles)
    assert_helpful(error.value, said)


def test_named_covariates_leave_one_target_to_be_found(shops, roles):
    frame = shops({"a": 20, "b": 20}).drop("size")
    rest = Roles(["kind"], roles.past, roles.future)
    assert Panel.from_frame(frame, id="shop", further=rest.names).columns.target == "sold"
    with pytest.raises(DataError, match="Several columns could be forecast"):
        Panel.from_frame(frame, id="shop")
