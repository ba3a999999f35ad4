"""Numbers that users give: what is taken and what is refused in words."""

import numpy as np
import pytest

from recurra.errors import OptionError
from recurra.options import whole


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
