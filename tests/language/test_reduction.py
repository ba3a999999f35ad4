import numpy as np
import pytest
import torch
from numpy_step import evaluate
from written import written

from recurra.language import mean, normalised, tanh, total, trace
from recurra.language.expression import Leaf
from recurra.language.parameter import Parameter

SIZES = {"H": 5, "I": 3}
VALUES = np.random.default_rng(3).normal(size=(4, 5))
h = Leaf("h", "state")


def _value(node, values=VALUES):
    return evaluate(node, {("state", "h"): values}, {"v": VALUES[0], "s": VALUES[0, :1]}, SIZES)


def test_a_total_is_one_number_a_row():
    np.testing.assert_allclose(_value(total(h * h)), (VALUES**2).sum(-1, keepdims=True))
    assert total(h).width == 1


def test_a_mean_is_the_total_by_the_number_of_units():
    np.testing.assert_allclose(_value(mean(h)), VALUES.mean(-1, keepdims=True))
    assert mean(h).width == 1


def test_layer_normalisation_is_that_of_torch():
    wanted = torch.nn.functional.layer_norm(torch.tensor(VALUES), (5,), eps=1e-3)
    np.testing.assert_allclose(_value(normalised(h, 1e-3)), wanted.numpy(), rtol=1e-12)
    usual = torch.nn.functional.layer_norm(torch.tensor(VALUES), (5,))
    np.testing.assert_allclose(_value(normalised(h)), usual.numpy(), rtol=1e-12)


def test_equal_units_are_normalised_to_zero():
    np.testing.assert_array_equal(_value(normalised(h), np.full((1, 5), 3.0)), np.zeros((1, 5)))


def test_parameters_are_summed_over_their_own_width():
    np.testing.assert_allclose(_value(total(Parameter("v"))), VALUES[0].sum(keepdims=True))
    np.testing.assert_allclose(_value(mean(Parameter("v"))), VALUES[0].mean(keepdims=True))
    np.testing.assert_allclose(_value(mean(Parameter("s", 1))), VALUES[0, :1])
    assert normalised(Parameter("v")).width == "H"


@pytest.mark.parametrize("number", [2.0, 3])
def test_the_total_of_one_number_is_that_number(number):
    assert _value(total(number)) == _value(mean(number)) == number


def test_what_is_reduced_stays_the_same_without_biases_and_with_biases_of_zero():
    def step(self, p, x, h, *, t):
        return tanh(p.W @ x) * total(p.b + t) + mean(p.b_h * h + t) + p.U @ (p.b_u * h + t)

    parameters = {"W": VALUES[:, :3].repeat(2, 0)[:5], "U": np.eye(5) + 1}
    biases = {name: np.zeros(5) for name in ("b", "b_h", "b_u")}
    leaves = {("state", "h"): VALUES, ("input", "x"): VALUES[:, :3]}
    leaves["input", "t"] = np.arange(4.0)[:, None]
    whole, bare = (trace(written(step), bias=bias).updates[0] for bias in (True, False))
    found = evaluate(whole, leaves, parameters | biases, SIZES)
    np.testing.assert_allclose(evaluate(bare, leaves, parameters, SIZES), found)
