"""Numbers that users give: what is taken and what is refused in words."""

import numpy as np
import pytest

from recurra.errors import OptionError
from recurra.options import check_training, whole


@pytest.mark.parametrize("value", [3, 7, np.int64(3)])
def test_a_whole_number_that_is_large_enough_becomes_pythons_own(value):
    found = whole("beam", value, 3)
    assert found == value
    assert type(found) is int


@pytest.mark.parametrize("value", [2, -1, 3.0, "3", None, True, float("nan")], ids=repr)
def test_anything_else_is_refused_by_name(value):
    with pytest.raises(OptionError, match="beam=") as refused:
        whole("beam", value, 3)
    assert "a whole number of at least 3" in str(refused.value)


def test_options_of_a_training_may_be_left_to_the_data():
    check_training(learning_rate=None, units=None, epochs=None)
    check_training(learning_rate=0.1, units=1, epochs=7)


@pytest.mark.parametrize("rate", [0, -1.0, float("nan"), float("inf")])
def test_a_learning_rate_out_of_range_is_refused(rate):
    with pytest.raises(OptionError, match="learning_rate="):
        check_training(learning_rate=rate, units=3)


def test_counts_of_a_training_are_whole_and_above_0():
    with pytest.raises(OptionError, match="units=0"):
        check_training(learning_rate=None, epochs=3, units=0)
