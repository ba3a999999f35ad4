from operator import eq, ge, gt, le, lt

import numpy as np
import pytest
from numpy_step import evaluate

from recurra.errors import CellError
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
    as_expression,
    common_width,
    pointwise,
    topological,
    varies,
)
from recurra.language.parameter import Parameter

h, x, p = Leaf("h", "state"), Leaf("x", "input", "I"), Parameter("v")


@pytest.mark.parametrize(
    ("node", "primitive", "places"),
    [
        (h + 2, "add", "h2"),
        (2 + h, "add", "2h"),
        (h - 2, "subtract", "h2"),
        (2 - h, "subtract", "2h"),
        (h * 2, "multiply", "h2"),
        (2 * h, "multiply", "2h"),
        (h / 2, "divide", "h2"),
        (2 / h, "divide", "2h"),
        (h % 2, "remainder", "h2"),
        (-h, "negative", "h"),
        (abs(h), "absolute", "h"),
        (p * h, "multiply", "vh"),
        (h * p, "multiply", "hv"),
    ],
    ids=range(13),
)
def test_arithmetic_keeps_its_operation_and_order(node, primitive, places):
    words = {Leaf: "name", Constant: "value", Vector: "parameter"}
    found = [getattr(a, words[type(a)]) for a in node.arguments]
    assert node.primitive == primitive
    assert "".join(str(a) if isinstance(a, str) else f"{a:g}" for a in found) == places


@pytest.mark.parametrize(
    ("node", "values"),
    [
        (h > 2, [0, 0, 1]),
        (h < 2, [1, 0, 0]),
        (h >= 2, [0, 1, 1]),
        (h <= 2, [1, 1, 0]),
        (h == 2, [0, 1, 0]),
        (gt(2, h), [1, 0, 0]),
        (lt(2, h), [0, 0, 1]),
        (ge(2, h), [1, 1, 0]),
        (le(2, h), [0, 1, 1]),
        (eq(2, h), [0, 1, 0]),
        (p > h, [1, 1, 0]),
        (h >= p, [0, 0, 1]),
        (p == 2.5, [1, 1, 1]),
    ],
    ids=range(13),
)
def test_a_comparison_is_1_or_0_unit_by_unit(node, values):
    leaves, parameters = {("state", "h"): np.array([1.0, 2.0, 3.0])}, {"v": np.full(3, 2.5)}
    found = evaluate(node, leaves, parameters)
    np.testing.assert_array_equal(found, values)


def test_two_nodes_are_equal_only_if_they_are_the_same():
    assert h == h  # noqa: PLR0124 - what is tested
    assert (h == Leaf("h", "state")) is False
    assert len({h, Leaf("h", "state"), h}) == 2


def test_every_kind_of_node_has_its_width():
    wide = x * 2
    widths = {
        "H": [h, p * h, Linear("W", x), PerUnit((1.0, 2.0)), Spread(Total(h), "H")],
        "I": [x, wide, p * x, PerUnit((1.0,), "I"), Linear("W", h, True, "I"), wide - Total(h)],
        1: [Constant(2.0), Size("H"), Total(x), Total(h) / Size("H"), Leaf("t", "input", 1)],
        "H/2": [
            Linear("W", h, result_width="H/2"),
            Leaf("s", "state", "H/2"),
            Random("k", "", "H/2"),
        ],
        3: [Vector("v", 3), Vector("v", 3) * Constant(2.0) + Total(h)],
    }
    for width, nodes in widths.items():
        assert [node.width for node in nodes] == [width] * len(nodes)


def test_a_parameter_gets_the_width_that_it_meets_unless_it_has_its_own():
    assert [(p * value).arguments[0].width for value in (x, h, Total(h), 2.0)] == [
        "I",
        "H",
        "H",
        "H",
    ]
    declared = Parameter("v", 1)
    assert [(declared * value).width for value in (x, h, 2.0)] == ["I", "H", 1]
    assert (Parameter("v", "I") + Parameter("w", "I")).width == "I"


def test_one_number_fits_any_width_and_others_do_not():
    assert common_width([x, Total(h), Constant(1.0)]) == "I"
    assert common_width([Constant(1.0), Total(x)]) == 1
    with pytest.raises(CellError, match=r"unit by unit: H and I"):
        common_width([x, h])
    with pytest.raises(CellError, match=r"unit by unit: 3 and I"):
        pointwise("add", x, Parameter("v", 3))


@pytest.mark.parametrize("value", [True, False, "h", None, np.ones(3), np.float32(1), (1,), 1j])
def test_what_is_no_number_does_not_enter_the_equations(value):
    with pytest.raises(CellError, match=f"a {type(value).__name__} in the equations") as caught:
        as_expression(value)
    assert repr(value) in caught.value.given


def test_numbers_become_constants():
    for value in (2, 2.0, np.float64(2)):
        assert as_expression(value).value == 2.0
        assert type(as_expression(value).value) is float


def test_only_what_depends_on_the_input_or_a_state_varies():
    assert varies(Linear("W", x) + 1)
    assert varies(p * h)
    assert varies(Random("key", "input"))
    assert varies(Total(h) + PerUnit((1.0,)))
    assert not varies(as_expression(p) * 2 + 1)
    assert not varies(Size("H") + PerUnit((1.0,)) * Total(as_expression(p)))


@pytest.mark.parametrize(
    "node",
    [Linear("W", h, True, "I"), Total(h), Spread(Total(h), "I"), Pointwise("tanh", (h,))],
    ids=lambda node: type(node).__name__,
)
def test_a_node_is_rebuilt_on_other_operands_and_nothing_else(node):
    (former,) = node.operands
    other = Total(h) * 2 if former.width == 1 else h * 2
    again = node.rebuilt([other])
    assert again.operands == (other,)
    assert again.width == node.width
    fields = {k: v for k, v in vars(node).items() if k not in {"operand", "arguments", "width"}}
    assert {k: v for k, v in vars(again).items() if k in fields} == fields


@pytest.mark.parametrize(
    "leaf", [h, Constant(1.0), Size("H"), PerUnit((1.0,)), Vector("v"), Random("k", "input")]
)
def test_a_node_without_operands_is_rebuilt_as_itself(leaf):
    assert leaf.operands == ()
    assert leaf.rebuilt([]) is leaf


@pytest.mark.parametrize(
    ("values", "over", "width", "dealt"),
    [
        ((1.0, 2.0), "H", 4, (1, 1, 2, 2)),
        ((1.0, 2.0), "H", 5, (1, 1, 1, 2, 2)),
        ((1.0, 2.0, 4.0), "H", 3, (1, 2, 4)),
        ((7.0,), "H", 2, (7, 7)),
        ((7.0,), "I", 3, (7, 7, 7)),
        ((1.0, 2.0), "I", 2, (1, 2)),
    ],
)
def test_constants_are_dealt_out_in_equal_blocks(values, over, width, dealt):
    assert PerUnit(values, over).dealt(width) == dealt


@pytest.mark.parametrize(("over", "width"), [("H", 2), ("I", 4), ("I", 2)])
def test_constants_that_do_not_fit_a_layer_are_refused(over, width):
    with pytest.raises(CellError, match=f"3 constants for {width} numbers"):
        PerUnit((1.0, 2.0, 3.0), over).dealt(width)


def test_every_node_comes_once_and_after_its_operands():
    shared = h * 2
    output = (shared + shared) * shared
    order = topological([output, shared])
    assert len(order) == len(set(order)) == 5
    for place, node in enumerate(order):
        assert set(node.operands) <= set(order[:place])


def test_a_deep_graph_is_put_in_order_without_recursion():
    node = h
    for _ in range(5000):
        node = node + 1
    assert topological([node])[-1] is node
