import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.tasks import TemporalOrder

SYMBOLS = "EBabcdXY"


@given(st.integers(10, 130), st.sampled_from([2, 3]), st.integers(0, 2**32))
def test_the_class_is_the_order_read_from_the_symbols(length, symbols, seed):
    task = TemporalOrder(length, symbols)
    x, y, lengths = task.draw(5, torch.Generator().manual_seed(seed))
    for row, target, steps in zip(x, y.tolist(), lengths.tolist(), strict=True):
        assert length <= steps <= length * 11 // 10
        assert (row[:steps].sum(-1) == 1).all()
        assert (row[steps:] == 0).all()
        word = "".join(SYMBOLS[place] for place in row[:steps].argmax(-1).tolist())
        assert word[0] == "E"
        assert word[-1] == "B"
        assert set(word[1:-1]) <= set("abcdXY")
        order = [one for one in word if one in "XY"]
        assert len(order) == symbols
        assert target == int("".join("01"["XY".index(one)] for one in order), 2)


@pytest.mark.parametrize(
    ("symbols", "places"), [(2, [(10, 20), (50, 60)]), (3, [(10, 20), (33, 43), (66, 76)])]
)
def test_at_a_hundred_steps_the_places_are_the_papers(symbols, places):
    x, _, lengths = TemporalOrder(100, symbols).draw(3000, torch.Generator().manual_seed(0))
    assert (lengths.min(), lengths.max()) == (100, 110)
    rows, steps = (x[..., 6:].sum(-1) == 1).nonzero().unbind(1)
    steps = steps.reshape(3000, symbols)
    assert torch.equal(rows, torch.arange(3000).repeat_interleave(symbols))
    for found, (low, high) in zip(steps.unbind(1), places, strict=True):
        assert (found.min(), found.max()) == (low, high)


@pytest.mark.parametrize(("symbols", "baseline"), [(2, math.log(4)), (3, math.log(8))])
def test_all_orders_are_as_likely_so_that_the_same_for_all_scores_the_baseline(symbols, baseline):
    task = TemporalOrder(20, symbols)
    _, y, _ = task.draw(20_000, torch.Generator().manual_seed(0))
    shares = y.bincount().double() / len(y)
    entropy = -(shares * shares.log()).sum().item()
    assert entropy == pytest.approx(task.baseline, abs=1e-3)
    scores = torch.zeros(len(y), task.output_size)
    assert task.loss(scores, y).item() == pytest.approx(baseline)
    assert task.baseline == baseline


def test_the_memory_goes_from_the_first_place_to_the_end():
    assert TemporalOrder(100).memory == 110 - 1 - 10


@pytest.mark.parametrize("options", [{"length": 9}, {"symbols": 1}, {"symbols": 4}])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        TemporalOrder(**options)
