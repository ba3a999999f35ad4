from itertools import islice, pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.training.length_schedule import LastSteps, LengthSchedule


@given(st.integers(1, 50), st.integers(0, 500), st.integers(1, 40))
def test_it_grows_from_the_first_length_to_the_last_and_stays_there(first, more, over):
    schedule = LengthSchedule(first, first + more, over)
    found = list(islice(schedule, over + 3))
    assert found == sorted(found)
    assert found[0] == first
    assert found[over:] == [first + more] * 3
    assert found == [schedule.at(step) for step in range(over + 3)]
    # Evenly: no step grows by more than its share and one.
    assert max(b - a for a, b in pairwise(found)) <= more / over + 1


@pytest.mark.parametrize(
    ("options", "match"),
    [((0, 3, 1), "first"), ((1, 3, 0), "over"), ((4, 3, 1), "last=3 with first=4")],
)
def test_a_schedule_that_does_not_grow_is_refused(options, match):
    with pytest.raises(OptionError, match=match):
        LengthSchedule(*options)


def test_the_last_steps_are_given():
    x, y = torch.arange(12.0).reshape(2, 6, 1), torch.arange(12.0).reshape(2, 6)
    examples = LastSteps((x, y), 2)
    assert len(examples) == 2
    found, targets = examples[torch.tensor([1])]
    assert found.flatten().tolist() == [10, 11]
    assert targets.tolist() == [[6, 7, 8, 9, 10, 11]]
    examples.length = 99
    assert torch.equal(examples[torch.arange(2)][0], x)
    found, targets = LastSteps((x, y), 3, targets=True)[torch.tensor([0])]
    assert targets.tolist() == [[3, 4, 5]]


def test_a_length_of_nothing_is_refused():
    with pytest.raises(OptionError, match="length"):
        LastSteps((torch.zeros(2, 6, 1), torch.zeros(2, 1)), 0)
