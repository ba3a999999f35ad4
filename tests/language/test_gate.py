import pytest
from written import refusal, written

from recurra.cells import GRU, LSTM
from recurra.language import gate, sigmoid, tanh, total, trace
from recurra.language.expression import Linear
from recurra.language.gate import activation, terms
from recurra.language.reading import each_gate


def test_a_gate_is_kept_by_its_name():
    gates = trace(LSTM()).gates
    assert list(gates) == ["input", "forget", "candidate", "output"]
    assert [node.primitive for node in gates.values()] == ["sigmoid", "sigmoid", "tanh", "sigmoid"]


def test_a_gate_that_no_state_needs_is_left_out_with_its_parameters():
    def step(self, p, x, h):
        gate("idle", tanh(p.V @ x))
        return gate("new", tanh(p.W @ x + h))

    graph = trace(written(step))
    assert list(graph.gates) == ["new"]
    assert list(graph.parameters) == ["W"]


def test_a_gate_is_part_of_the_step_and_no_copy_beside_it():
    graph = trace(GRU())
    (update,) = graph.updates
    z = graph.gates["update"]
    assert update.arguments[0].arguments[0] is z


def test_a_value_may_go_by_two_names_or_by_none_as_well():
    def step(self, p, x, h):
        value = tanh(p.W @ x)
        return gate("first", value) + gate("second", value) * value

    graph = trace(written(step))
    first, second = graph.gates.values()
    assert first is not second
    assert first.arguments == second.arguments


def test_products_sums_and_numbers_computed_from_units_may_be_gates():
    def step(self, p, x, h):
        return gate("product", p.W @ x) + gate("number", total(h)) * gate("sum", h + p.v)

    assert list(trace(written(step)).gates) == ["product", "number", "sum"]


@pytest.mark.parametrize(
    "step",
    [
        lambda self, p, x, h: tanh(p.W @ x) + gate("memory", h),
        lambda self, p, x, h: tanh(p.W @ gate("input", x)) + h,
        lambda self, p, x, h: tanh(p.W @ x) + gate("rate", 0.5) * h,
        lambda self, p, x, h: tanh(p.W @ x) + gate("rate", p.v) * h,
    ],
    ids=["state", "input", "number", "parameter"],
)
def test_a_gate_that_is_not_computed_is_refused(step):
    error = refusal(step)
    assert "a gate called" in error.given
    assert "leave gate(" in error.do


def test_two_gates_of_one_name_are_refused():
    error = refusal(lambda self, p, x, h: gate("new", p.W @ x) + gate("new", tanh(h)))
    assert "two gates called 'new'" in error.given


def test_what_a_rule_makes_of_a_gate_is_the_gate():
    def step(self, p, x, h):
        with each_gate(lambda name, value: value * len(name)):
            return gate("new", tanh(p.W @ x)) + h

    graph = trace(written(step))
    assert graph.gates["new"].primitive == "multiply"
    assert graph.updates[0].arguments[0] is graph.gates["new"]


def _taken_apart(step):
    found = {}

    def whole(self, p, x, h):
        value = step(p, x, h)
        found["parts"] = activation(value)
        return value

    trace(written(whole))
    return found["parts"]


def test_a_gate_is_taken_apart_into_its_function_and_its_terms():
    function, found = _taken_apart(lambda p, x, h: sigmoid(p.W @ x + (p.U @ h + p.b) + 2))
    assert function == "sigmoid"
    kinds = [getattr(term, "parameter", getattr(term, "value", None)) for term in found]
    assert kinds == ["W", "U", "b", 2]


@pytest.mark.parametrize(
    "step",
    [
        lambda p, x, h: p.W @ x + p.U @ h,
        lambda p, x, h: tanh(p.v + h) * tanh(p.W @ x),
        lambda p, x, h: tanh(h * p.v + p.b),
        lambda p, x, h: sigmoid(tanh(p.W @ x) + h),
    ],
    ids=["no function", "two functions", "no product", "product further down"],
)
def test_what_is_no_function_of_a_sum_with_a_product_is_not_taken_apart(step):
    assert _taken_apart(step) is None


def test_the_terms_of_a_sum_come_in_the_order_of_writing():
    def step(self, p, x, h):
        value = (p.W @ x + h) + (p.U @ h + 1.5)
        names = [getattr(t, "parameter", getattr(t, "name", None)) for t in terms(value)]
        assert names == ["W", "h", "U", None]
        assert [len(terms(value * 2)), len(terms(h - value))] == [1, 1]
        return value

    assert isinstance(terms(trace(written(step)).updates[0])[0], Linear)
