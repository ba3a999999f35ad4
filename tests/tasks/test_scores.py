import math

import pytest
import torch

from recurra.errors import ShapeError
from recurra.tasks.scores import NOT_ASKED, accuracy, cross_entropy, squared_error


def test_cross_entropy_is_the_mean_over_what_is_asked():
    scores = torch.tensor([[[2.0, 0.0], [0.0, 0.0], [0.0, 1.0]]])
    y = torch.tensor([[0, NOT_ASKED, 0]])
    expected = (math.log(1 + math.exp(-2)) + math.log(1 + math.exp(1))) / 2
    assert cross_entropy(scores, y).item() == pytest.approx(expected)
    assert accuracy(scores, y) == 0.5


def test_squared_error_is_the_mean_over_all_numbers():
    assert squared_error(torch.tensor([[1.0], [3.0]]), torch.tensor([[1.0], [1.0]])).item() == 2


@pytest.mark.parametrize("judge", [cross_entropy, accuracy])
def test_answers_and_classes_that_do_not_fit_are_refused(judge):
    with pytest.raises(ShapeError, match=r"\(4, 3\) to targets of shape \(4, 1\)"):
        judge(torch.zeros(4, 3), torch.zeros(4, 1, dtype=torch.int64))


def test_answers_and_numbers_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError):
        squared_error(torch.zeros(4), torch.zeros(4, 1))
