"""Attributions add up, and peak where the answer is known to come from."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra import ManyToOne, Recurrent
from recurra.errors import OptionError, ShapeError
from recurra.explain.attribution import Attribution, Question, integrated_gradients, occlusion


def linear(weights):
    """A question whose parts are known: weights times the way from the baseline."""
    w = torch.tensor(weights, dtype=torch.float64)
    x = torch.arange(1, w.numel() + 1).double().reshape(w.shape)
    return Question(lambda v: (v * w).sum((1, 2)), x, torch.ones_like(w)), (w * (x - 1)).numpy()


@given(
    st.lists(st.lists(st.floats(-3, 3), min_size=2, max_size=2), min_size=1, max_size=9),
    st.integers(1, 5),
)
def test_of_a_linear_answer_each_part_is_its_weight_times_its_way(weights, points):
    question, wanted = linear(weights)
    np.testing.assert_allclose(integrated_gradients(question, points).parts, wanted, atol=1e-9)
    by_step = occlusion(question).by_step
    np.testing.assert_allclose(by_step, wanted.sum(1), atol=1e-9)


def test_integrated_gradients_of_a_network_add_up_to_what_the_input_changed():
    torch.manual_seed(0)
    model = ManyToOne(Recurrent("lstm", 2, 8, batch_first=True), 1).eval()
    question = Question(lambda v: model(v)[:, 0], torch.randn(30, 2), torch.zeros(30, 2))
    found = integrated_gradients(question)
    assert abs(found.answer - found.baseline) > 1e-3
    assert abs(found.missing) < 1e-6
    assert found.answer == pytest.approx(float(model(question.x[None])[0, 0].detach()), abs=1e-6)


@pytest.mark.parametrize("lag", [1, 4, 11])
def test_a_planted_dependence_on_one_lag_peaks_there(lag):
    """An IndRNN as a shift register: what came ``lag`` steps ago comes out, and nothing else."""
    layer = Recurrent("elman", 1, 13, batch_first=True).eval()
    with torch.no_grad():
        for part in layer.weights(0, "forwards").values():
            part.zero_()
        layer.weights(0, "forwards")["W"][0, 0] = 0.1
        layer.weights(0, "forwards")["U"].copy_(torch.eye(13).roll(1, 0).tril())
    question = Question(lambda v: layer(v)[0][:, -1, lag], torch.rand(20, 1), torch.zeros(20, 1))
    for found in (integrated_gradients(question), occlusion(question)):
        assert np.abs(found.by_step).argmax() == 19 - lag
        assert found.heaviest(0.99).tolist() == [19 - lag]


def test_a_stretch_is_hidden_as_a_whole_and_its_loss_shared():
    question, wanted = linear([[1.0], [2.0], [3.0], [4.0], [5.0]])
    by_two = occlusion(question, 2).by_step
    np.testing.assert_allclose(by_two[:2], wanted[:2].sum() / 2)
    np.testing.assert_allclose(by_two[4], wanted[4].sum())


def test_of_a_long_input_the_stretches_that_lose_most_are_looked_at_closer():
    weights = torch.zeros(640, 1)
    weights[[100, 101, 500], 0] = torch.tensor([3.0, 3.0, 1.0])
    asked: list[int] = []

    def answer(x):
        asked.append(len(x))
        return (x * weights).sum((1, 2))

    found = occlusion(Question(answer, torch.ones(640, 1), torch.zeros(640, 1)))
    # 64 stretches of 10 steps, then 8 of them in fives of 2 steps each; and both ends.
    assert sum(asked) == 64 + 8 * 5 + 2
    assert found.by_step[[100, 101]] == pytest.approx([3, 3])
    assert found.by_step[[500, 501]] == pytest.approx([0.5, 0.5])
    assert found.by_step[[99, 102, 499, 502]] == pytest.approx(0)
    assert found.missing == pytest.approx(0)


def test_the_gradient_is_taken_at_more_points_where_the_answer_bends():
    points: list[int] = []

    def answer(x):
        if x.requires_grad:
            points.append(len(x))
        return torch.sigmoid(200 * (x.sum((1, 2)) - 0.3))

    found = integrated_gradients(Question(answer, torch.ones(1, 1), torch.zeros(1, 1)))
    assert points == [8, 32, 64, 64]
    assert found.by_step == pytest.approx([1], abs=5e-3)


def test_gradients_that_do_not_add_up_are_known_not_to():
    """Of an answer that swings to and fro on the way, however many points are taken."""
    points: list[int] = []

    def answer(x):
        if x.requires_grad:
            points.append(len(x))
        return torch.sin(3e4 * x.sum((1, 2)))

    swinging = integrated_gradients(Question(answer, torch.ones(1, 1), torch.zeros(1, 1)))
    assert not swinging.settled
    assert points == [8, 32]
    question, _ = linear([[1.0, -1.0]])
    assert integrated_gradients(question).settled
    lost = Attribution(np.array([[float("nan")]]), 1.0, 0.0, "none")
    assert not lost.settled


def test_no_weight_has_no_heaviest_step():
    question, _ = linear([[0.0], [0.0]])
    assert not len(integrated_gradients(question).heaviest())


def test_bad_questions_are_refused():
    x = torch.zeros(3, 1)
    with pytest.raises(ShapeError, match="baseline"):
        Question(lambda v: v, x, torch.zeros(2, 1))
    with pytest.raises(ShapeError, match="one number each"):
        integrated_gradients(Question(lambda v: v.sum(1), x, x))
    for wrong in (0, True, 2.5):
        with pytest.raises(OptionError, match="points"):
            integrated_gradients(Question(lambda v: v.sum((1, 2)), x, x), wrong)
        with pytest.raises(OptionError, match="width"):
            occlusion(Question(lambda v: v.sum((1, 2)), x, x), wrong)
