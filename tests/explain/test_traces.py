"""What is traced at once is what the equations give step by step, for every cell and stack."""

from __future__ import annotations

from pkgutil import resolve_name

import pytest
import torch

from recurra import LSTM, ManyToOne, Recurrent
from recurra.cells import LayerNorm, find, names
from recurra.errors import OptionError
from recurra.explain.tracing import traces
from recurra.language.expression import (
    Constant,
    Leaf,
    Linear,
    PerUnit,
    Pointwise,
    Size,
    Spread,
    Total,
    Vector,
)
from recurra.language.primitives import PRIMITIVES
from recurra.language.widths import resolve

STEPS, ROWS, INPUT, HIDDEN = 9, 2, 3, 4


class Step:
    """One step of a cell, node by node as the graph is drawn: no schedule and no kernel."""

    def __init__(self, strand, t, states):
        self.task, self.t, self.known = strand.task, t, {}
        self.states = states

    def __call__(self, node):
        if node not in self.known:
            self.known[node] = self._value(node)
        return self.known[node]

    def _value(self, node):  # noqa: C901 - a row a kind of node
        task = self.task
        match node:
            case Leaf(name, "state"):
                return self.states[name]
            case Leaf(name):
                return task.inputs[name][self.t].double()
            case Constant(value):
                return torch.tensor(value).double()
            case Size(of):
                return torch.tensor(resolve(of, task.sizes)).double()
            case PerUnit(over=over):
                return torch.tensor(node.dealt(resolve(over, task.sizes))).double()
            case Vector(name):
                return task.parameters[name].double()
            case Linear(name, operand):
                return self(operand) @ task.parameters[name].double().T
            case Total(operand):
                return self(operand).sum(-1, keepdim=True)
            case Spread(operand):
                return self(operand)
            case Pointwise(primitive, arguments):
                return resolve_name(PRIMITIVES[primitive].python)(*map(self, arguments))
        raise AssertionError(node)


def by_steps(strand):
    """Gates and states of every step, (T', R, width), in float64."""
    graph, task = strand.graph, strand.task
    states = {n: s.double() for n, s in zip(graph.states, task.state, strict=True)}
    found = []
    for t in range(len(task.inputs["x"])):
        if task.reset is not None:
            states = {n: torch.where(task.reset[t, :, None], 0.0, s) for n, s in states.items()}
        step = Step(strand, t, states)
        gates = {name: step(node) for name, node in graph.gates.items()}
        after = {n: step(u) for n, u in zip(graph.states, graph.updates, strict=True)}
        if task.lengths is not None:
            live = (t < task.lengths)[:, None]
            after = {n: torch.where(live, after[n], states[n]) for n in after}
        states = after
        found.append((gates, states))
    return found


def same(traced, strand):
    stepped = by_steps(strand)
    assert traced.states
    for place, found in ((0, traced.gates), (1, traced.states)):
        for name, values in found.items():
            rows = len(stepped[0][1][next(iter(stepped[0][1]))])
            wanted = torch.stack([one[place][name].expand(rows, -1) for one in stepped])
            wanted = strand.in_time(wanted)
            torch.testing.assert_close(values.double(), wanted, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", names())
def test_every_gate_and_state_of_every_cell_is_that_of_its_equations(name):
    torch.manual_seed(1)
    layer = Recurrent(name, INPUT, HIDDEN, 2).eval()
    found = traces(layer, torch.randn(STEPS, ROWS, INPUT))
    assert [one.name for one in found] == ["layer 0", "layer 1"]
    for one in found:
        assert [*one.gates] == [*layer.graph(one.strand.number).gates]
        same(one, one.strand)


OPTIONS = [
    {"bidirectional": True},
    {"bidirectional": True, "merge": "separate"},
    {"reverse": True},
    {"dilation": (1, 3)},
    {"dilation": 2, "bidirectional": True},
    {"residual": True},
    {"proj_size": 2},
    {"dropout": 0.5},
    {"bias": False},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("lengths", [None, torch.tensor([STEPS, 4])], ids=["whole", "padded"])
def test_every_stack_is_traced_in_the_order_of_time(options, lengths):
    torch.manual_seed(2)
    layer = Recurrent("lstm", INPUT, HIDDEN, 2, **options)
    x = torch.randn(STEPS, ROWS, INPUT)
    found = traces(layer, x, lengths=lengths)
    assert len(found) == 2 * len(layer.directions)
    for one in found:
        same(one, one.strand)
        if lengths is not None:
            assert not one.gates["forget"][4:, 1].any()
    layer.eval()
    output, _ = layer(x, lengths=lengths)
    if not options.get("residual"):
        top = torch.cat([one.output for one in found[-len(layer.directions) :]], -1)
        torch.testing.assert_close(top, output, rtol=1e-5, atol=1e-6)


def test_a_dropped_in_lstm_within_a_model_is_found_and_the_model_left_in_training():
    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.reads = LSTM(INPUT, HIDDEN, batch_first=True)

        def forward(self, x):
            return self.reads(2 * x)[0]

    model = Model()
    x = torch.randn(ROWS, STEPS, INPUT)
    (found,) = traces(model, x)
    assert found.strand.name == "reads, layer 0"
    assert model.training
    torch.testing.assert_close(found.inputs, 2 * x.transpose(0, 1))
    same(found, found.strand)


def test_resets_and_a_given_state_are_passed_on():
    layer = Recurrent("lstm", INPUT, HIDDEN)
    reset = torch.zeros(STEPS, ROWS, dtype=torch.bool)
    reset[4, 1] = True
    state = (torch.rand(1, ROWS, HIDDEN), torch.rand(1, ROWS, HIDDEN))
    batch = {"x": torch.randn(STEPS, ROWS, INPUT), "state": state, "reset": reset}
    (found,) = traces(layer, batch)
    same(found, found.strand)
    assert not found.before["c"][4, 1].any()
    torch.testing.assert_close(found.before["c"][0], state[1][0])


def test_a_regularised_cell_is_traced_at_its_expectation():
    layer = Recurrent(LayerNorm(find("gru")()), INPUT, HIDDEN)
    (found,) = traces(layer, torch.randn(STEPS, ROWS, INPUT))
    same(found, found.strand)


def test_what_is_kept_of_a_state_is_the_factor_that_carries_it():
    x = torch.randn(STEPS, ROWS, INPUT)
    (lstm,) = traces(Recurrent("lstm", INPUT, HIDDEN), x)
    assert torch.equal(lstm.kept["c"], lstm.gates["forget"])
    assert "h" not in lstm.kept
    (gru,) = traces(Recurrent("mingru", INPUT, HIDDEN), x)
    torch.testing.assert_close(gru.kept["h"], 1 - gru.gates["update"])
    assert gru.keeps["h"].name == "1 - update"
    (elman,) = traces(Recurrent("elman", INPUT, HIDDEN), x)
    assert not elman.kept


def test_the_longest_of_several_calls_is_taken():
    model = ManyToOne(Recurrent("gru", 1, HIDDEN, batch_first=True), 1)

    class Twice(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.one = model

        def forward(self, x):
            return self.one(x[:, :2]) + self.one(x)

    (found,) = traces(Twice(), torch.randn(1, STEPS, 1))
    assert len(found.output) == STEPS


def test_what_has_no_recurrent_layer_is_refused():
    with pytest.raises(OptionError, match="without a recurrent layer"):
        traces(torch.nn.Linear(2, 2), torch.randn(1, 2))
    with pytest.raises(OptionError, match=r"torch\.nn\.Module"):
        traces("model", torch.randn(1, 2))
