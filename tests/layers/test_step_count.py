"""Counts of steps and earlier inputs, against loops over steps."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.layers.clock import at_end, count, earlier, since_reset

T = 6
resets = st.lists(st.booleans(), min_size=T, max_size=T)


@given(resets, st.integers(0, 9))
def test_a_row_counts_its_steps_from_its_last_fresh_start(reset, start):
    number, found = start, []
    for fresh in reset:
        number = 0 if fresh else number
        found.append(number)
        number += 1
    marks = torch.tensor(reset).unsqueeze(1)
    assert count(torch.tensor([start]), marks, T).squeeze(1).tolist() == found
    plain = count(torch.tensor([start]), None, T).squeeze(1).tolist()
    assert plain == list(range(start, start + T))


@given(resets)
def test_the_time_since_a_fresh_start_is_minus_one_before_the_first(reset):
    since = since_reset(torch.tensor(reset).unsqueeze(1)).squeeze(1).tolist()
    for step, found in enumerate(since):
        starts = [t for t in range(step + 1) if reset[t]]
        assert found == (step - starts[-1] if starts else -1)


@given(resets, st.integers(1, 8))
def test_earlier_inputs_reach_back_to_the_last_fresh_start(reset, back):
    x = torch.arange(1.0, T + 1).view(T, 1, 1)
    before = [torch.full((1, 1), -float(k)) for k in range(1, back + 1)]
    found = earlier(x, before, torch.tensor(reset).unsqueeze(1))
    for k, values in enumerate(found, 1):
        for step in range(T):
            cut = any(reset[max(step - k + 1, 0) : step + 1])
            wanted = x[step - k].item() if step >= k else before[k - step - 1].item()
            assert values[step].item() == (0 if cut else wanted)


def test_the_end_of_an_empty_row_is_what_was_before():
    values = torch.arange(6.0).view(3, 2, 1)
    first = torch.tensor([[10.0], [20.0]])
    assert at_end(values, first, torch.tensor([0, 2])).flatten().tolist() == [10.0, 3.0]
    assert at_end(values, first, None).flatten().tolist() == [4.0, 5.0]
