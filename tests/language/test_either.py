import numpy as np
import pytest
from numpy_step import evaluate
from written import refusal, written

from recurra.language import either, tanh, total, trace
from recurra.language.expression import Random, topological

LEAVES = {("state", "h"): np.array([1.0, 2.0, 3.0]), ("state", "c"): np.array([5.0, 6.0, 7.0])}


def _mixed(chance, **options):
    def step(self, p, x, h, c):
        return p.W @ x + 0 * h, either(chance, h, c, key="any", **options)

    return written(step, ("h", "c"))


@pytest.mark.parametrize("chance", [0, 0.25, 1])
def test_in_evaluation_it_is_the_mean(chance):
    graph = trace(_mixed(chance))
    assert graph.randoms == {}
    found = evaluate(graph.updates[1], LEAVES)
    np.testing.assert_allclose(found, 5 - 4 * chance + np.arange(3))


def test_in_training_it_is_the_first_where_the_number_drawn_is_less_than_the_chance():
    graph = trace(_mixed(0.25), training=True)
    drawn = {("random", "any"): np.array([0.0, 0.2499, 0.25])}
    np.testing.assert_array_equal(evaluate(graph.updates[1], LEAVES | drawn), [1, 2, 7])


@pytest.mark.parametrize("per", ["step", "sequence"])
def test_the_graph_knows_what_is_drawn(per):
    graph = trace(_mixed(0.25, per=per), training=True)
    (drawn,) = graph.randoms.values()
    assert (drawn.name, drawn.width, drawn.per) == ("any", "H", per)
    assert "any" not in graph.inputs


def test_as_many_numbers_are_drawn_as_what_is_chosen_from_has():
    def step(self, p, x, h):
        one = either(0.5, x, 0.0, key="input")
        two = either(0.5, p.v, h, key="states")
        three = either(0.5, total(h), 1.0, key="number")
        four = either(0.5, p.u, x, key="parameter")
        return tanh(p.W @ (one + four)) + two * three

    graph = trace(written(step), training=True)
    widths = {name: leaf.width for name, leaf in graph.randoms.items()}
    assert widths == {"input": "I", "parameter": "I", "states": "H", "number": 1}
    assert graph.parameters["u"].rows == "I"


def test_chance_that_comes_to_nothing_is_not_drawn():
    def step(self, p, x, h):
        either(0.5, h, 0.0, key="idle")
        return tanh(p.W @ x) + h

    assert trace(written(step), training=True).randoms == {}


@pytest.mark.parametrize("training", [True, False])
def test_one_key_for_two_uses_is_refused(training):
    def step(self, p, x, h):
        return p.W @ x + either(0.1, h, 0.0, key="a") + either(0.2, h, 0.0, key="a")

    assert "twice for 'a'" in refusal(step, options={"training": training}).given


@pytest.mark.parametrize("chance", [-0.1, 1.1, float("nan"), True, "0.5", None])
@pytest.mark.parametrize("training", [True, False])
def test_a_chance_that_is_none_is_refused(chance, training):
    def step(self, p, x, h):
        return p.W @ x + either(chance, h, 0.0, key="a")

    assert f"a chance of {chance!r}" in refusal(step, options={"training": training}).given


def test_chance_is_taken_per_step_or_per_sequence_and_nothing_else():
    def step(self, p, x, h):
        return p.W @ x + either(0.5, h, 0.0, key="a", per="row")

    assert "per='row'" in refusal(step).given


def test_what_is_chosen_from_must_be_of_one_width():
    error = refusal(lambda self, p, x, h: p.W @ x + either(0.5, x, h, key="a"))
    assert "H and I" in error.given


def test_a_number_drawn_is_told_from_an_input_of_that_name():
    def step(self, p, x, h):
        return p.W @ either(0.5, x, 0.0, key="x") + h

    graph = trace(written(step), training=True)
    assert list(graph.inputs) == list(graph.randoms) == ["x"]
    leaves = [node for node in topological(graph.updates) if getattr(node, "name", "") == "x"]
    assert [isinstance(leaf, Random) for leaf in leaves] == [True, False]
