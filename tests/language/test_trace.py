import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from recurra.cells.elman import Elman
from recurra.cells.gru import GRU
from recurra.cells.lstm import LSTM
from recurra.errors import CellError
from recurra.language import Cell, exp, gate, sigmoid, tanh, trace
from recurra.language.expression import Constant, Linear, Pointwise, Vector, topological
from recurra.language.trace import Shape

MATRIX_OF_X, MATRIX_OF_STATE, VECTOR = Shape("H", "I"), Shape("H", "H"), Shape("H", "")


def _cell(step, states=("h",)):
    """A cell with that step."""
    return type("Written", (Cell,), {"states": states, "step": step})()


def _refusal(step, states=("h",)):
    """The error for a step, once the line that it names is seen to be the one that it quotes."""
    with pytest.raises(CellError) as caught:
        trace(_cell(step, states))
    place = re.match(r"cell \w+, line (\d+)(?:: (.*))?\n", caught.value.given)
    line = Path(__file__).read_text(encoding="utf-8").splitlines()[int(place[1]) - 1]
    assert place[2] is None or line.strip() == place[2]
    assert caught.value.expected
    assert caught.value.do
    return caught.value.given


def test_parameters_are_found_with_their_shapes_in_the_order_of_writing():
    assert trace(Elman()).parameters == {
        "W": MATRIX_OF_X,
        "U": MATRIX_OF_STATE,
        "b": VECTOR,
    }
    assert list(trace(GRU()).parameters) == [
        *("W_r", "U_r", "b_r"),
        *("W_z", "U_z", "b_z"),
        *("W_n", "b_n", "U_n", "b_Un"),
    ]
    lstm = trace(LSTM()).parameters
    assert list(lstm) == [f"{family}_{gate}" for gate in "ifgo" for family in ("W", "U", "b")]
    assert [lstm[name] for name in ("W_o", "U_o", "b_o")] == [MATRIX_OF_X, MATRIX_OF_STATE, VECTOR]


def test_a_matrix_has_columns_and_a_vector_has_none():
    assert MATRIX_OF_X.is_matrix
    assert not VECTOR.is_matrix


def test_the_graph_names_the_cell_its_leaves_and_its_gates():
    graph = trace(LSTM())
    assert graph.cell == "lstm"
    assert list(graph.states) == ["h", "c"]
    assert list(graph.gates) == ["input", "forget", "candidate", "output"]
    assert [node.primitive for node in graph.gates.values()] == ["sigmoid"] * 2 + [
        "tanh",
        "sigmoid",
    ]
    assert (graph.x.name, graph.x.width) == ("x", "I")


def test_a_gate_that_no_state_needs_is_left_out():
    def step(self, p, x, h):
        gate("idle", tanh(p.V @ x))
        return gate("new", tanh(p.W @ x + h))

    graph = trace(_cell(step))
    assert list(graph.gates) == ["new"]
    assert list(graph.parameters) == ["W"]


def test_equal_cells_are_read_once():
    assert trace(LSTM()) is trace(LSTM())
    assert trace(Elman("relu")) is not trace(Elman("tanh"))


@pytest.mark.parametrize("cell", [Elman(), GRU(), LSTM()], ids=lambda cell: cell.name)
def test_without_bias_the_biases_are_gone_and_nothing_else(cell):
    whole, bare = trace(cell), trace(cell, bias=False)
    weights = {n: s for n, s in whole.parameters.items() if n != "b" and not n.startswith("b_")}
    assert bare.parameters == weights
    assert len(weights) < len(whole.parameters)
    assert not any(isinstance(node, Vector) for node in topological(bare.updates))


def test_a_vector_that_is_no_bias_stays_without_bias():
    def step(self, p, x, h):
        return tanh(p.W @ x + p.beta * h + p.b_h)

    assert list(trace(_cell(step), bias=False).parameters) == ["W", "beta"]


def test_numbers_and_numpy_scalars_become_constants():
    def step(self, p, x, h):
        return tanh(p.W @ x) * np.float64(2.5) + np.float64(0.5) * h

    nodes = topological(trace(_cell(step)).updates)
    assert [node.value for node in nodes if isinstance(node, Constant)] == [2.5, 0.5]


def test_a_function_of_numbers_alone_may_stand_in_a_step():
    def step(self, p, x, h):
        return tanh(p.W @ x) + math.sqrt(2.0) * h

    nodes = topological(trace(_cell(step)).updates)
    assert [node.value for node in nodes if isinstance(node, Constant)] == [math.sqrt(2.0)]


def test_a_branch_on_a_value_is_refused():
    def step(self, p, x, h):
        new = tanh(p.W @ x)
        if new:
            return new
        return h

    given = _refusal(step)
    assert "if new:" in given
    assert "condition" in given


@pytest.mark.parametrize(
    ("step", "named"),
    [
        (lambda self, p, x, h: p.W @ x + h**2, "**"),
        (lambda self, p, x, h: p.W @ x + math.tanh(h), "math.tanh(h)"),
        (lambda self, p, x, h: p.W @ x + x[0], "x[0]"),
        (lambda self, p, x, h: p.W @ x + np.tanh(h), "np.tanh(h)"),
        (lambda self, p, x, h: p.W @ x + np.ones(3) * h, "ndarray"),
        (lambda self, p, x, h: p.W @ x + max(h, 0), "max(h, 0)"),
        (lambda self, p, x, h: p.W @ x + abs(h), "abs(h)"),
        (lambda self, p, x, h: p.W @ x + h @ p.U, "h @ p.U"),
        (lambda self, p, x, h: p.W @ x + sum(h), "sum(h)"),
        (lambda self, p, x, h: p.W @ x + "h", "str"),
        (lambda self, p, x, h: p.W @ x + 1 / 0, "division by zero"),
    ],
    ids=["power", "math", "index", "numpy", "array", "max", "abs", "order", "sum", "str", "zero"],
)
def test_an_operation_that_is_not_understood_is_refused_with_its_line(step, named):
    assert named in _refusal(step)


def test_the_input_combined_unit_by_unit_with_a_state_is_refused():
    assert "x * h" in _refusal(lambda self, p, x, h: tanh(p.W @ x) + x * h)


def test_a_wrong_number_of_states_is_refused():
    assert "returned 1 value" in _refusal(lambda self, p, x, h, c: tanh(p.W @ x), ("h", "c"))
    assert "returned 2 values" in _refusal(lambda self, p, x, h: (tanh(p.W @ x), h))


def test_a_step_that_takes_other_states_than_it_declares_is_refused():
    assert "'c'" in _refusal(lambda self, p, x, h, c: (tanh(p.W @ x), c))


def test_a_forgotten_return_is_refused():
    def step(self, p, x, h):
        tanh(p.W @ x)

    assert "NoneType" in _refusal(step)


@pytest.mark.parametrize(
    "step",
    [
        lambda self, p, x, h: x,
        lambda self, p, x, h: tanh(x),
        lambda self, p, x, h: 0.0,
        lambda self, p, x, h: tanh(p.b),
    ],
    ids=["input", "function of it", "number", "parameter"],
)
def test_a_state_that_is_no_value_of_the_hidden_size_is_refused(step):
    assert "as the state 'h'" in _refusal(step)


def test_a_parameter_with_two_shapes_is_refused():
    assert "parameter W" in _refusal(lambda self, p, x, h: tanh(p.W @ x) + p.W * h)
    assert "parameter W" in _refusal(lambda self, p, x, h: tanh(p.W @ x) + p.W @ h)


def test_a_step_without_parameters_is_refused():
    assert "no parameter" in _refusal(lambda self, p, x, h: tanh(h))


def test_two_gates_of_one_name_are_refused():
    assert "two gates called 'new'" in _refusal(
        lambda self, p, x, h: gate("new", p.W @ x) + gate("new", tanh(h))
    )


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
    assert "a gate called" in _refusal(step)


@pytest.mark.parametrize(
    "step",
    [
        lambda self, p, x, h: tanh(p.W @ x) + p.U @ p.v,
        lambda self, p, x, h: tanh(p.W @ x) + p.U @ p.V @ h,
        lambda self, p, x, h: tanh(p.W @ x) + p.U @ 2.0,
        lambda self, p, x, h: tanh(p.W @ x) + p.U @ sigmoid(p.v),
    ],
    ids=["vector", "two matrices", "number", "function of a vector"],
)
def test_a_matrix_times_what_is_the_same_at_every_step_is_refused(step):
    assert "p.U @" in _refusal(step)


def test_a_gate_outside_of_a_step_only_gives_its_value_back():
    trace(_cell(lambda self, p, x, h: gate("any", tanh(p.W @ x + h))))
    value = exp(2.0)
    named = gate("any", value)
    assert gate("any", value) is not named
    assert isinstance(named, Pointwise)
    assert (named.primitive, named.arguments) == (value.primitive, value.arguments)


def test_an_error_in_one_step_leaves_no_gates_behind():
    def broken(self, p, x, h):
        return gate("new", tanh(p.W @ x)) + h**2

    def sound(self, p, x, h):
        return gate("new", tanh(p.W @ x)) + h

    _refusal(broken)
    assert list(trace(_cell(sound)).gates) == ["new"]


def test_a_cell_typed_at_a_prompt_is_refused_in_the_same_words():
    typed = """class Typed(Cell):
    states = ('h',)
    def step(self, p, x, h):
        return h**2"""
    prompt = {"Cell": Cell, "__name__": "__main__"}
    exec(typed, prompt)
    with pytest.raises(CellError, match="line 4"):
        trace(prompt["Typed"]())


def test_the_line_is_the_cells_own_when_a_helper_elsewhere_fails():
    given = _refusal(lambda self, p, x, h: tanh(p.W @ x) + tanh(x - h))
    assert "tanh(x - h)" in given


def test_an_inherited_step_is_located_in_the_file_that_wrote_it():
    @dataclass(frozen=True)
    class Wider(LSTM):
        states = ("h",)

    with pytest.raises(CellError, match=r"(?s)cell \w+, line \d+.*missing 1 required"):
        trace(Wider())


def test_a_product_knows_which_matrix_and_which_vector():
    (update,) = trace(Elman()).updates
    products = [node for node in topological([update]) if isinstance(node, Linear)]
    assert [(node.parameter, node.operand.name) for node in products] == [("W", "x"), ("U", "h")]
