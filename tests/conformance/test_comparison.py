import math

import pytest
import torch

from recurra.conformance.comparison import Comparison
from recurra.errors import ConformanceError


def test_it_remembers_the_largest_difference_relative_above_one_and_absolute_below():
    compare = Comparison(1e-3)
    compare.tensors("it", torch.tensor([1000.0]), torch.tensor([1000.5]))
    assert compare.largest == pytest.approx(0.5 / 1000.5)
    compare.tensors("it", torch.tensor([0.0009]), torch.tensor([0.0]))
    assert compare.largest == pytest.approx(9e-4)
    assert compare.words() == "apart by at most 9.0e-04"


def test_equal_tensors_are_the_same_bits_and_none_at_all_are_equal():
    compare = Comparison(0)
    compare.tensors("it", torch.tensor([0.1, 0.2]), torch.tensor([0.1, 0.2]))
    compare.tensors("it", torch.empty(0, 3), torch.empty(0, 3))
    assert compare.words() == "the same bits"


def test_what_is_too_far_apart_is_named_with_its_place():
    wanted = torch.zeros(2, 3)
    found = wanted.clone()
    found[1, 2] = 0.25
    with pytest.raises(ConformanceError) as caught:
        Comparison(1e-3).tensors("the output", found, wanted)
    assert caught.value.given == "the output is 0.25 at (1, 2)"
    assert caught.value.expected == "0, at most 0.001 apart"


@pytest.mark.parametrize(("found", "wanted"), [(math.nan, 1.0), (1.0, math.nan), (math.inf, 1.0)])
@pytest.mark.parametrize("tolerance", [0, 1e9])
def test_nothing_is_close_to_what_is_no_number(found, wanted, tolerance):
    with pytest.raises(ConformanceError):
        Comparison(tolerance).tensors("it", torch.tensor([found]), torch.tensor([wanted]))


@pytest.mark.parametrize(
    "other", [torch.zeros(3), torch.zeros(2, 1), torch.zeros(2, dtype=torch.float64)]
)
def test_shapes_and_types_must_be_the_same(other):
    with pytest.raises(ConformanceError, match="has the shape"):
        Comparison(1.0).tensors("it", other, torch.zeros(2))
