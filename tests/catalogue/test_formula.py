"""How many numbers a cell's parameters have."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra import Recurrent, cells
from recurra.catalogue import count, formula
from recurra.errors import CellError
from recurra.language import Shape, trace


def value(text, H, I):  # noqa: E741
    """A formula worked out, from its text alone."""
    python = re.sub(r"\b([HI])([HI])\b", r"\1*\2", text)
    return eval(re.sub(r"(\d) ([HI])", r"\1*\2", python), {"H": H, "I": I})


@pytest.mark.parametrize(
    ("shapes", "text"),
    [
        ([("H", "I")] * 4 + [("H", "H")] * 4 + [("H", None)] * 4, "4 HI + 4 HH + 4 H"),
        ([("I", "H"), ("H", "I")], "2 HI"),
        ([("H", "H/4")], "HH/4"),
        ([("H", "H/4")] * 3, "3 HH/4"),
        ([("H", "H/4")] * 4, "HH"),
        ([("H/2", "H/2"), ("H/2", None)], "HH/4 + H/2"),
        ([("H/6/2", None)], "H/12"),
        ([(8, "I"), ("H", 8)], "8 H + 8 I"),
        ([(1, None), (1, None), (3, 5)], "17"),
        ([("I", "I"), ("I", None), ("H", None), (1, None)], "II + H + I + 1"),
        ([], ""),
    ],
)
def test_terms_are_summed_by_their_letters_in_order(shapes, text):
    assert formula(Shape(*shape) for shape in shapes) == text


WIDTHS = st.one_of(st.sampled_from(["H", "I", "H/2", "H/3", "I/2"]), st.integers(1, 20))


@given(
    st.lists(st.builds(Shape, WIDTHS, st.none() | WIDTHS), min_size=1),
    st.integers(1, 9),
    st.integers(1, 9),
)
def test_the_formula_and_the_count_agree_for_all_sizes(shapes, sixths, halves):
    sizes = {"H": 6 * sixths, "I": 2 * halves}
    assert value(formula(shapes), **sizes) == count(shapes, sizes)


@pytest.mark.parametrize("name", cells.names())
@settings(max_examples=3, deadline=None)
@given(quarters=st.integers(1, 4), inputs=st.integers(1, 7))
def test_a_layer_has_as_many_parameters_as_the_formula_says(name, quarters, inputs):
    cell, units = cells.find(name)(), 4 * quarters
    shapes = trace(cell, square=units == inputs).parameters.values()
    layer = Recurrent(cell, inputs, units)
    numbers = sum(parameter.numel() for parameter in layer.parameters())
    assert value(formula(shapes), H=units, I=inputs) == numbers
    assert count(shapes, {"H": units, "I": inputs}) == numbers


def test_a_size_that_cannot_be_divided_is_refused():
    with pytest.raises(CellError, match="hidden_size=10"):
        count([Shape("H", "H/4")], {"H": 10, "I": 1})
