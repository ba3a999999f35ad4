import math

import numpy as np
import pytest
from written import written

from recurra.cells import GRU, LSTM, Clockwork, Elman, Zoneout
from recurra.errors import CellError
from recurra.language import Cell, Shape, gate, mean, previous, sigmoid, tanh, total, trace, units
from recurra.language.expression import Constant, Leaf, Linear, Vector, topological

MATRIX_OF_X, MATRIX_OF_STATE, VECTOR = Shape("H", "I"), Shape("H", "H"), Shape("H")


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


def test_declared_widths_are_those_of_states_parameters_and_the_output():
    def step(self, p, x, *states, missing):
        _, s, n = states
        s = p.A @ x + p.a * s
        n = p.B @ s + n * p.scale
        return p.Y @ s, tanh(p.W @ missing + p.S @ s + p.N @ n), s, n

    widths = {"s": "H/2", "n": 1, "A": "H/2", "B": 1, "scale": 1, "Y": 3, "y": 3}
    graph = trace(written(step, ("h", "s", "n"), output="y", widths=widths))
    assert [leaf.width for leaf in graph.states.values()] == ["H", "H/2", 1]
    assert [node.width for node in graph.updates] == ["H", "H/2", 1]
    assert graph.output.width == 3
    assert graph.parameters == {
        "A": Shape("H/2", "I"),
        "a": Shape("H/2"),
        "W": MATRIX_OF_X,
        "S": Shape("H", "H/2"),
        "N": Shape("H", 1),
        "B": Shape(1, "H/2"),
        "scale": Shape(1),
        "Y": Shape(3, "H/2"),
    }


def test_an_output_has_the_width_that_it_is_returned_with():
    graph = trace(written(lambda self, p, x, h: (p.q * x, tanh(p.W @ x)), output="y"))
    assert graph.output.width == "I"
    assert graph.parameters["q"] == Shape("I")
    number = trace(written(lambda self, p, x, h: (total(h), tanh(p.W @ x)), output="y"))
    assert number.output.width == 1


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
    assert graph.inputs == {"x": graph.x}
    assert graph.randoms == graph.derived == {}
    assert graph.output is graph.updates[0]
    assert graph.results == (*graph.updates, graph.output)


def test_only_inputs_that_take_part_are_there():
    def step(self, p, x, h, *, t, dt, missing, below):
        previous(x, 3)
        return tanh(p.W @ missing + p.v * t + below.h)

    graph = trace(written(step), lowest=False)
    assert {name: leaf.width for name, leaf in graph.inputs.items()} == {
        "missing": "I",
        "t": 1,
        "below.h": "H",
    }


def test_the_layer_below_has_states_of_the_same_widths_and_the_lowest_has_none():
    def step(self, p, x, h, s, *, below):
        new = tanh(p.W @ x)
        return (new, p.V @ x) if below is None else (new + below.h, below.s + s)

    cell = written(step, ("h", "s"), widths={"s": 3, "V": 3})
    assert list(trace(cell).inputs) == ["x"]
    upper = trace(cell, lowest=False).inputs
    assert [(name, leaf.width) for name, leaf in upper.items()] == [
        ("x", "I"),
        ("below.h", "H"),
        ("below.s", 3),
    ]


def test_equal_cells_are_read_once_however_their_ways_are_spelled():
    assert trace(LSTM()) is trace(LSTM(), bias=True) is trace(LSTM(), training=False, square=False)
    assert trace(Elman("relu")) is not trace(Elman("tanh"))
    assert trace(LSTM(), bias=False) is not trace(LSTM())


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

    assert list(trace(written(step), bias=False).parameters) == ["W", "beta"]


def test_numbers_and_numpy_scalars_become_constants():
    def step(self, p, x, h):
        return tanh(p.W @ x) * np.float64(2.5) + np.float64(0.5) * h

    nodes = topological(trace(written(step)).updates)
    assert [node.value for node in nodes if isinstance(node, Constant)] == [2.5, 0.5]


def test_a_function_of_numbers_alone_may_stand_in_a_step():
    def step(self, p, x, h):
        return tanh(p.W @ x) + math.sqrt(2.0) * h

    nodes = topological(trace(written(step)).updates)
    assert [node.value for node in nodes if isinstance(node, Constant)] == [math.sqrt(2.0)]


def test_names_may_be_assigned_to_anew_and_in_place():
    def in_place(self, p, x, h):
        new = p.W @ x
        new += h
        new *= 0.5
        new -= p.v
        new /= 2
        new %= 3
        return new

    def at_once(self, p, x, h):
        return ((p.W @ x + h) * 0.5 - p.v) / 2 % 3

    graphs = [trace(written(step)) for step in (in_place, at_once)]
    kinds = [[type(node) for node in topological(graph.updates)] for graph in graphs]
    assert kinds[0] == kinds[1]
    assert graphs[0].parameters == graphs[1].parameters


def test_options_of_the_cell_choose_by_pythons_own_means():
    def step(self, p, x, h):
        total_ = p.W @ x
        for number in range(3):
            total_ = total_ + getattr(p, f"U_{number}") @ h
        return tanh(total_) if self.states == ("h",) else h

    assert list(trace(written(step)).parameters) == ["W", "U_0", "U_1", "U_2"]


def test_what_a_regulariser_draws_is_there_in_training_alone():
    for training in (True, False):
        graph = trace(Zoneout(Elman(), 0.1), training=training)
        assert list(graph.randoms) == ["zoneout h"] * training


def test_the_graph_of_a_wrapped_cell_has_its_gates_and_parameters():
    plain, wrapped = trace(LSTM()), trace(Zoneout(LSTM(), 0.1), training=True)
    assert list(wrapped.gates) == list(plain.gates)
    assert wrapped.parameters == plain.parameters
    assert wrapped.cell == "Zoneout(lstm)"


def test_constants_are_checked_against_a_layers_sizes():
    graph = trace(Clockwork((1, 2, 4)))
    graph.check({"H": 3, "I": 1})
    with pytest.raises(CellError, match="3 constants for 2 numbers"):
        graph.check({"H": 2, "I": 1})

    def step(self, p, x, h):
        return tanh(p.W @ (x * units((1, 2), "I")))

    trace(written(step)).check({"H": 1, "I": 2})
    with pytest.raises(CellError, match="2 constants for 4 numbers"):
        trace(written(step)).check({"H": 1, "I": 4})


def test_a_cell_typed_at_a_prompt_is_read():
    typed = """class Typed(Cell):
    states = ('h',)
    def step(self, p, x, h):
        return tanh(p.W @ x + mean(h) * h)"""
    prompt = {"Cell": Cell, "tanh": tanh, "mean": mean, "__name__": "__main__"}
    exec(typed, prompt)
    graph = trace(prompt["Typed"]())
    assert graph.cell == "Typed"
    assert [type(node) for node in topological(graph.updates)].count(Linear) == 1


def test_leaves_are_the_inputs_and_states_and_nothing_else():
    graph = trace(GRU())
    leaves = {node for node in topological(graph.results) if isinstance(node, Leaf)}
    assert leaves == {graph.x, *graph.states.values()}


def test_a_gate_is_found_whether_or_not_a_state_comes_of_it():
    def step(self, p, x, h):
        y = gate("seen", sigmoid(p.Y @ h))
        return y, tanh(p.W @ x)

    assert list(trace(written(step, output="y")).gates) == ["seen"]
