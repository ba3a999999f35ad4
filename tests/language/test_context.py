import pytest
from written import refusal, written

from recurra.language import match, previous, tanh, trace, units
from recurra.language.expression import PerUnit, topological


def test_earlier_inputs_are_inputs_of_their_own():
    def step(self, p, x, h):
        return tanh(p.W @ x + p.V @ previous(x) + p.U @ previous(x, 3) + p.A @ previous(x, 1))

    graph = trace(written(step))
    assert list(graph.inputs) == ["x", "x_1", "x_3"]
    assert [leaf.width for leaf in graph.inputs.values()] == ["I"] * 3
    assert graph.earlier == 3


def test_a_cell_without_them_needs_no_earlier_inputs():
    assert trace(written(lambda self, p, x, h: tanh(p.W @ x + h))).earlier == 0


def test_an_earlier_input_that_comes_to_nothing_is_not_kept():
    def step(self, p, x, h):
        previous(x, 5)
        return tanh(p.W @ x + p.V @ previous(x, 2))

    assert trace(written(step)).earlier == 2


@pytest.mark.parametrize(
    "step",
    [
        lambda self, p, x, h: tanh(p.W @ x) + previous(h),
        lambda self, p, x, h: tanh(p.W @ previous(tanh(x))),
        lambda self, p, x, h: tanh(p.W @ previous(previous(x))),
        lambda self, p, x, h: tanh(p.W @ x) + previous(p.v),
    ],
    ids=["state", "function", "twice", "parameter"],
)
def test_an_earlier_value_of_anything_but_the_input_is_refused(step):
    error = refusal(step)
    assert "other than the input" in error.given
    assert "as a state" in error.do


@pytest.mark.parametrize("steps", [0, -1, 1.0, True, "1", None])
def test_a_number_of_steps_that_is_none_is_refused(steps):
    error = refusal(lambda self, p, x, h: tanh(p.W @ previous(x, steps)))
    assert f"{steps!r} steps ago" in error.given


def matched(self, p, x, h):
    return tanh(p.W @ x) * h + match(p.V, x)


def test_the_input_is_matched_by_a_matrix_where_it_is_of_another_width():
    graph = trace(written(matched))
    assert list(graph.parameters) == ["W", "V"]


def test_the_input_is_itself_where_it_is_as_wide_as_the_state():
    graph = trace(written(matched), square=True)
    assert list(graph.parameters) == ["W"]
    assert list(graph.inputs) == ["x"]
    own = graph.updates[0].arguments[1]
    assert (own.name, own.role, own.width) == ("x", "input", "H")


def test_constants_are_dealt_out_over_units_or_the_input():
    def step(self, p, x, h):
        return tanh(p.W @ (x * units([3, 4], "I"))) + units((1, 2.5)) * h

    nodes = topological(trace(written(step)).updates)
    found = {node.over: node.values for node in nodes if isinstance(node, PerUnit)}
    assert found == {"I": (3.0, 4.0), "H": (1.0, 2.5)}


@pytest.mark.parametrize(("values", "over"), [((), "H"), ((1.0,), "X"), ((1.0,), 0)])
def test_constants_over_nothing_are_refused(values, over):
    error = refusal(lambda self, p, x, h: tanh(p.W @ x) + h * units(values, over))
    assert f"units({values!r}, {over!r})" in error.given
