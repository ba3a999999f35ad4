import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import CellError
from recurra.language.widths import Shape, divided, is_width, resolve

SIZES = {"H": 12, "I": 5}


@pytest.mark.parametrize(
    ("width", "number"), [("H", 12), ("I", 5), ("H/4", 3), ("I/5", 1), (7, 7), (1, 1)]
)
def test_a_width_stands_for_a_number_once_the_sizes_are_known(width, number):
    assert resolve(width, SIZES) == number


@pytest.mark.parametrize(
    ("width", "said"),
    [("H/5", "hidden_size=12 for a cell that divides it into 5"), ("I/2", "input_size=5")],
)
def test_a_size_that_cannot_be_divided_is_refused_with_the_next_that_can(width, said):
    with pytest.raises(CellError) as caught:
        resolve(width, SIZES)
    assert said in caught.value.given
    name, _, proposed = caught.value.do.removeprefix("choose ").partition("=")
    sizes = {{"hidden_size": "H", "input_size": "I"}[name]: int(proposed)}
    assert resolve(width, sizes) >= SIZES[width[0]] / int(width[2:])


@settings(deadline=None)
@given(st.sampled_from(["H", "I", "H/2", 6, 24]), st.integers(1, 4), st.integers(1, 3))
def test_dividing_twice_is_dividing_by_the_product(width, first, second):
    sizes = {"H": 2 * 12 * 12, "I": 12 * 12}
    width = width * 12 if isinstance(width, int) else width
    twice = divided(divided(width, first), second)
    assert twice == divided(width, first * second)
    assert is_width(twice)
    assert resolve(twice, sizes) * first * second == resolve(width, sizes)


def test_one_part_is_the_whole():
    assert [divided(width, 1) for width in ("H", "H/2", 5)] == ["H", "H/2", 5]


def test_a_number_that_cannot_be_divided_is_refused():
    with pytest.raises(CellError, match="5 numbers divided into 2 equal parts"):
        divided(5, 2)


@pytest.mark.parametrize("value", ["H", "I", "H/2", "I/16", 1, 300])
def test_widths_are_known(value):
    assert is_width(value)


@pytest.mark.parametrize(
    "value", ["", "h", "X", "H/", "H/0", "H/2/2", "2", "H*2", "H/-1", 0, -1, 2.0, True, None]
)
def test_what_is_no_width_is_known(value):
    assert not is_width(value)


def test_a_matrix_has_columns_and_a_vector_has_none():
    assert Shape("H", "I").is_matrix
    assert not Shape("H").is_matrix
    assert Shape("H", "I").resolved(SIZES) == (12, 5)
    assert Shape("H/3", 1).resolved(SIZES) == (4, 1)
    assert Shape("I").resolved(SIZES) == (5,)
