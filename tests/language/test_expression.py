import pytest

from recurra.errors import CellError
from recurra.language.expression import (
    Constant,
    Leaf,
    Linear,
    Parameter,
    Vector,
    as_expression,
    common_width,
    topological,
    varies,
)

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
        (-h, "negative", "h"),
        (p * h, "multiply", "vh"),
        (h * p, "multiply", "hv"),
    ],
    ids=range(11),
)
def test_arithmetic_keeps_its_operation_and_order(node, primitive, places):
    words = {Leaf: "name", Constant: "value", Vector: "parameter"}
    found = [getattr(a, words[type(a)]) for a in node.arguments]
    assert node.primitive == primitive
    assert "".join(str(a) if isinstance(a, str) else f"{a:g}" for a in found) == places


def test_a_product_has_the_width_of_the_hidden_state():
    assert (Parameter("W") @ x).width == "H"
    assert (x + 1).width == "I"
    assert common_width([Constant(1.0), Constant(2.0)]) == ""


def test_the_input_and_a_state_have_no_width_in_common():
    with pytest.raises(CellError, match="unit by unit"):
        common_width([x, h])


def test_only_what_depends_on_the_input_or_a_state_varies():
    assert varies(Linear("W", x) + 1)
    assert varies(p * h)
    assert not varies(as_expression(p) * 2 + 1)


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
