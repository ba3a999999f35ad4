from operator import neg as negative

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy_step import evaluate

from recurra.language.expression import (
    Constant,
    Leaf,
    Linear,
    Pointwise,
    Vector,
    pointwise,
    topological,
)
from recurra.language.primitives import exp, sigmoid, tanh
from recurra.language.simplify import simplify

H, B = 3, 2
draw = np.random.default_rng(0)
LEAVES = {("state", name): draw.normal(size=(B, H)) for name in "ab"}
PARAMETERS = {"v": draw.normal(size=H), "U": draw.normal(size=(H, H))}


def _state(name="a"):
    return Leaf(name, "state")


def _sources():
    """New objects every time, so that equal nodes are not the same ones to begin with."""
    return st.one_of(
        st.sampled_from("ab").map(_state),
        st.just("v").map(Vector),
        st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.5]).map(Constant),
    )


def _larger(nodes):
    binary = st.sampled_from(["add", "subtract", "multiply"])
    return st.one_of(
        st.builds(pointwise, binary, nodes, nodes),
        st.builds(lambda a, b: pointwise("divide", a, 1.0 + sigmoid(b)), nodes, nodes),
        st.builds(lambda a: a / 1, nodes),
        st.builds(lambda a: -a, nodes),
        st.builds(lambda a: negative(negative(a)), nodes),
        st.builds(lambda a: exp(tanh(a)), nodes),
        st.builds(lambda a, t: Linear("U", a + 0 * _state(), t), nodes, st.booleans()),
        st.builds(lambda a: a + a, nodes),
    )


graphs = st.lists(st.recursive(_sources(), _larger, max_leaves=10), min_size=1, max_size=3)


def _value(node):
    return np.broadcast_to(evaluate(node, LEAVES, PARAMETERS), (B, H))


@given(graphs)
def test_a_simplified_graph_has_the_same_values(outputs):
    for before, after in zip(outputs, simplify(outputs), strict=True):
        np.testing.assert_allclose(_value(after), _value(before), rtol=1e-12, atol=1e-12)


@given(graphs)
def test_a_simplified_graph_is_no_larger_and_shares_every_equal_node(outputs):
    after = topological(simplify(outputs))
    assert len(after) <= len(topological(outputs))
    spelled = {}
    for node in after:
        match node:
            case Leaf(name) | Vector(name):
                word = name
            case Constant(value):
                word = f"{value + 0.0:g}"
            case Linear(name, operand):
                word = f"{name}{node.transposed}@{spelled[operand]}"
            case Pointwise(name, arguments):
                word = f"{name}({','.join(spelled[a] for a in arguments)})"
        spelled[node] = word
    assert len(set(spelled.values())) == len(after)


@given(graphs)
def test_simplifying_twice_changes_nothing_more(outputs):
    once = simplify(outputs)
    assert simplify(once) == once


A = _state()


@pytest.mark.parametrize(
    "written",
    [A + 0, 0 + A, A - 0, A * 1, 1 * A, A / 1, negative(negative(A)), A + 0 * A, 0 * A + A * 1],
    ids=range(9),
)
def test_what_does_nothing_is_removed(written):
    assert simplify([written]) == (A,)


def test_zero_takes_everything_with_it():
    for written in (A * 0, 0 * tanh(A), Linear("U", A * 0), -(0 * A)):
        (found,) = simplify([written])
        assert isinstance(found, Constant)
        assert found.value == 0


def test_zero_minus_a_value_is_its_negative():
    (found,) = simplify([0 - A])
    assert (found.primitive, found.arguments) == ("negative", (A,))


def test_what_means_something_stays():
    for written in (A + 1, A - 1, 1 - A, A * -1, A / 2, 1 / (A * A), tanh(A)):
        assert simplify([written]) == (written,)


def test_the_same_matrix_transposed_is_another_product():
    plain, transposed = simplify([Linear("U", A), Linear("U", A, transposed=True)])
    assert plain is not transposed
