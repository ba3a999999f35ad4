from operator import neg as negative

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy_step import evaluate

from recurra.language.expression import (
    Constant,
    Leaf,
    Linear,
    PerUnit,
    Pointwise,
    Random,
    Size,
    Spread,
    Total,
    Vector,
    pointwise,
    topological,
)
from recurra.language.primitives import exp, sigmoid, tanh, where
from recurra.language.reduction import mean, normalised, total
from recurra.language.simplify import as_wide, simplify

H, B = 4, 2
draw = np.random.default_rng(0)
LEAVES = {("state", name): draw.normal(size=(B, H)) for name in "ab"}
LEAVES |= {("input", "t"): draw.normal(size=(B, 1)), ("random", "r"): draw.random((B, H))}
PARAMETERS = {
    "v": draw.normal(size=H),
    "s": draw.normal(size=1),
    "U": draw.normal(size=(H, H)),
    "C": draw.normal(size=(H, 1)),
}


def _state(name="a"):
    return Leaf(name, "state")


def _sources():
    """New objects every time, so that equal nodes are not the same ones to begin with."""
    return st.one_of(
        st.sampled_from("ab").map(_state),
        st.just("v").map(Vector),
        st.builds(Vector, st.just("s"), st.just(1)),
        st.builds(Leaf, st.just("t"), st.just("input"), st.just(1)),
        st.builds(Random, st.just("r"), st.just("input")),
        st.builds(PerUnit, st.sampled_from([(1.0,), (0.5, -1.0)])),
        st.builds(Size, st.just("H")),
        st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.5]).map(Constant),
    )


def _larger(nodes):
    binary = st.sampled_from(["add", "subtract", "multiply", "greater", "maximum"])
    return st.one_of(
        st.builds(pointwise, binary, nodes, nodes),
        st.builds(lambda a, b: pointwise("divide", a, 1.0 + sigmoid(b)), nodes, nodes),
        st.builds(lambda a: a / 1, nodes),
        st.builds(lambda a: -a, nodes),
        st.builds(lambda a: negative(negative(a)), nodes),
        st.builds(lambda a: exp(tanh(a)), nodes),
        st.builds(lambda a, t: Linear("U", a + 0 * _state(), t), nodes, st.booleans()),
        st.builds(lambda a: Linear("C", total(a)), nodes),
        st.builds(lambda a: a + a, nodes),
        st.builds(lambda c, a: where(c, a, a), nodes, nodes),
        st.builds(lambda a: total(tanh(a)), nodes),
        st.builds(lambda a: mean(a + 0 * _state()), nodes),
        st.builds(normalised, nodes),
        st.builds(lambda a: Spread(total(a), "H"), nodes),
    )


quick = settings(deadline=None)
graphs = st.lists(st.recursive(_sources(), _larger, max_leaves=10), min_size=1, max_size=3)


def _value(node):
    return np.broadcast_to(evaluate(node, LEAVES, PARAMETERS, {"H": H}), (B, H))


@quick
@given(graphs)
def test_a_simplified_graph_has_the_same_values(outputs):
    for before, after in zip(outputs, simplify(outputs), strict=True):
        np.testing.assert_allclose(_value(after), _value(before), rtol=1e-11, atol=1e-11)


def _described(node, numbers):
    """What a node computes, from operands that go by numbers."""
    inner = {"operand", "arguments", "width"}
    fields = {name: value for name, value in vars(node).items() if name not in inner}
    if "value" in fields:
        fields["value"] += 0.0
    operands = [numbers[operand] for operand in node.operands]
    return f"{type(node).__name__}{sorted(fields.items())}{operands}"


@quick
@given(graphs)
def test_a_simplified_graph_is_no_larger_and_shares_every_equal_node(outputs):
    after = topological(simplify(outputs))
    # What keeps its width by repeating a number is no computation.
    assert sum(not isinstance(n, Spread) for n in after) <= len(topological(outputs))
    numbers, descriptions = {}, {}
    for node in after:
        numbers[node] = descriptions.setdefault(_described(node, numbers), len(numbers))
    assert len(descriptions) == len(after)


@quick
@given(graphs)
def test_simplifying_twice_changes_nothing_more(outputs):
    once = simplify(outputs)
    assert simplify(once) == once


A = _state()
T = Leaf("t", "input", 1)


@pytest.mark.parametrize(
    "written",
    [
        *(A + 0, 0 + A, A - 0, A * 1, 1 * A, A / 1, negative(negative(A)), A + 0 * A),
        *(0 * A + A * 1, where(A > 1, A, A), where(A, 0 + A, A * 1), A + 0 / A, A - Total(0 * A)),
    ],
    ids=range(13),
)
def test_what_does_nothing_is_removed(written):
    assert simplify([written]) == (A,)


@pytest.mark.parametrize(
    "written",
    [A * 0, 0 * tanh(A), 0 / A, Linear("U", A * 0), -(0 * A), Total(A * 0), Spread(0 * T, "H")],
    ids=range(7),
)
def test_zero_takes_everything_with_it(written):
    (found,) = simplify([written])
    assert isinstance(found, Constant)
    assert found.value == 0


def test_zero_minus_a_value_is_its_negative():
    (found,) = simplify([0 - A])
    assert (found.primitive, found.arguments) == ("negative", (A,))


def test_what_means_something_stays():
    for written in (A + 1, A - 1, 1 - A, A * -1, A / 2, 1 / (A * A), tanh(A), where(A > 0, A, -A)):
        assert simplify([written]) == (written,)


def test_the_same_matrix_transposed_is_another_product():
    plain, transposed = simplify([Linear("U", A), Linear("U", A, transposed=True)])
    assert plain is not transposed


def test_leaves_are_the_same_only_if_all_about_them_is():
    leaves = [
        Leaf("x", "input", "I"),
        Leaf("x", "input", "H"),
        Leaf("x", "state", "I"),
        Random("x", "input", "I"),
        Random("x", "input", "I", "sequence"),
    ]
    assert len({*simplify(leaves)}) == len(leaves)
    assert simplify([leaves[0], Leaf("x", "input", "I")]) == (leaves[0], leaves[0])


@pytest.mark.parametrize("wide", [0 * A + T, where(A > 0, T, T), (0 * A) * A + T * 1], ids=range(3))
def test_one_number_that_stood_for_many_is_repeated_where_that_makes_a_difference(wide):
    summed, multiplied, plain = simplify([Total(wide), Linear("U", wide), tanh(wide)])
    assert isinstance(summed.operand, Spread)
    assert multiplied.operand is summed.operand
    assert (summed.operand.to, summed.operand.operand) == ("H", T)
    assert plain.arguments == (T,)


def test_only_what_has_become_one_number_is_repeated():
    assert as_wide(A, "H") is A
    assert as_wide(T, 1) is T
    assert as_wide(T, "I").width == "I"


def test_equal_constants_and_sizes_are_shared():
    one, other = simplify([PerUnit((1.0, 2.0)) * A, PerUnit((1.0, 2.0)) * A])
    assert one is other
    first, second = simplify([Size("H") * A, Size("I") * A])
    assert first is not second
    assert isinstance(first, Pointwise)
