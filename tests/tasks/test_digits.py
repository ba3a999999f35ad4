import math
import sys

import pytest
import torch

from recurra.errors import OptionError
from recurra.tasks import SequentialDigits
from recurra.tasks import digits as module


@pytest.fixture
def pictures():
    """scikit-learn's own pictures and digits."""
    datasets = pytest.importorskip("sklearn.datasets")
    return datasets.load_digits(return_X_y=True)


def keyed(x, y):
    return sorted((tuple(row), digit) for row, digit in zip(x.tolist(), y.tolist(), strict=True))


def test_the_two_parts_are_all_pictures_line_by_line(pictures):
    train, test = (SequentialDigits(part=part).pictures() for part in ("train", "test"))
    assert len(train.y) == 1438
    assert len(test.y) == 359
    x = torch.cat([train.x, test.x]).squeeze(-1)
    assert keyed(x * 16, torch.cat([train.y, test.y])) == keyed(*pictures)
    assert x.min() == 0
    assert x.max() == 1


def test_a_permutation_is_the_same_for_all_pictures_and_parts(pictures):
    plain, other = SequentialDigits(), SequentialDigits(permutation=3)
    order = other.order
    assert sorted(order.tolist()) == list(range(64))
    assert order.tolist() != list(range(64))
    assert torch.equal(other.pictures().x, plain.pictures().x[:, order])
    assert torch.equal(other.held_out().pictures().x, plain.held_out().pictures().x[:, order])
    assert not torch.equal(order, SequentialDigits(permutation=4).order)


@pytest.mark.parametrize("permutation", [None, 5])
def test_what_is_drawn_are_pictures_with_their_digits(pictures, permutation):
    task = SequentialDigits(permutation)
    x, y, lengths = task.draw(50, torch.Generator().manual_seed(0))
    assert x.shape == (50, 64, 1)
    assert lengths is None
    assert set(keyed(x.squeeze(-1), y)) <= set(
        keyed(task.pictures().x.squeeze(-1), task.pictures().y)
    )


def test_the_digits_shares_score_the_baseline(pictures):
    task = SequentialDigits()
    y = task.pictures().y
    shares = y.bincount().double() / len(y)
    answers = shares.log().float().expand(len(y), 10)
    assert task.loss(answers, y).item() == pytest.approx(task.baseline, rel=1e-5)
    assert task.baseline == pytest.approx(math.log(10), abs=2e-3)


def test_without_scikit_learn_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    module._all.cache_clear()
    module._part.cache_clear()
    with pytest.raises(OptionError, match=r"scikit-learn is not installed(.|\n)*recurra\[tasks\]"):
        SequentialDigits().draw(1, torch.Generator())


@pytest.mark.parametrize("options", [{"permutation": -1}, {"permutation": 0.5}, {"part": "both"}])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        SequentialDigits(**options)
