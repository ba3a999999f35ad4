import math
from collections import Counter
from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.tasks import Dyck, accuracy
from recurra.tasks.scores import NOT_ASKED


def due(word, kinds):
    """What is due after each bracket, by a stack; and how deep it was at most."""
    stack, found, deepest = [], [], 0
    for bracket in word:
        closes = bracket >= kinds
        if closes:
            assert stack.pop() == bracket - kinds
        else:
            stack.append(bracket)
        deepest = max(deepest, len(stack))
        found.append(stack[-1] if closes and stack else NOT_ASKED)
    assert not stack
    return found, deepest


@settings(max_examples=40)
@given(st.integers(2, 20), st.integers(2, 4), st.integers(2, 5), st.integers(0, 2**32))
def test_words_are_rightly_nested_and_what_is_due_is_what_a_stack_says(pairs, kinds, depth, seed):
    task = Dyck(2 * pairs, kinds, depth)
    x, y, _ = task.draw(4, torch.Generator().manual_seed(seed))
    assert x.shape == (4, 2 * pairs, 2 * kinds)
    assert (x.sum(-1) == 1).all()
    for word, target in zip(x.argmax(-1).tolist(), y.tolist(), strict=True):
        expected, deepest = due(word, kinds)
        assert target == expected
        assert deepest <= depth
        # Whatever the word, something is asked: about the pair around it at the least.
        assert any(one != NOT_ASKED for one in target)


@pytest.mark.parametrize("depth", [3, 9])
def test_nestings_are_drawn_uniformly(depth):
    x, _, _ = Dyck(10, 2, depth).draw(20_000, torch.Generator().manual_seed(0))
    shapes = Counter(
        tuple(word) for word in torch.where(x[..., :2].sum(-1) == 1, 1, -1)[:, 1:-1].tolist()
    )
    every = [
        steps
        for steps in product((1, -1), repeat=8)
        if sum(steps) == 0 and all(0 <= sum(steps[:n]) <= depth - 1 for n in range(9))
    ]
    assert set(shapes) == set(every)
    assert len(every) == (14 if depth == 9 else 8)
    for count in shapes.values():
        assert count / 20_000 == pytest.approx(1 / len(every), rel=0.1)


@pytest.mark.parametrize("kinds", [2, 5])
def test_what_has_closed_tells_nothing_so_that_any_scores_the_baseline(kinds):
    task = Dyck(20, kinds)
    x, y, _ = task.draw(5000, torch.Generator().manual_seed(0))
    asked = y != NOT_ASKED
    together = torch.zeros(kinds, kinds)
    closed = x.argmax(-1)[asked] - kinds
    together.index_put_((closed, y[asked]), torch.ones(len(closed)), accumulate=True)
    assert (together / together.sum() - 1 / kinds**2).abs().max() < 0.01
    scores = torch.zeros(*y.shape, kinds)
    assert task.loss(scores, y).item() == pytest.approx(task.baseline)
    assert task.baseline == math.log(kinds)
    assert accuracy(scores, y) == pytest.approx(1 / kinds, abs=0.02)


@pytest.mark.parametrize("options", [{"length": 2}, {"length": 7}, {"kinds": 1}, {"depth": 1}])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        Dyck(**options)
