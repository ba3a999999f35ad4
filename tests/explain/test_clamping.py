"""A gate that is held stands still, and what it does is what the equations say."""

from __future__ import annotations

import pytest
import torch

from recurra import ManyToOne, Recurrent
from recurra.errors import OptionError
from recurra.explain.clamping import clamped, ends
from recurra.explain.memory import unit_memory
from recurra.explain.tracing import traces


def lstm():
    torch.manual_seed(0)
    return Recurrent("lstm", 2, 5, batch_first=True).eval()


def test_a_forget_gate_held_shut_forgets_at_once():
    layer, x = lstm(), torch.randn(1, 12, 2)
    found = clamped(layer, {"forget": 0.0})
    (trace,) = traces(found, x)
    assert not trace.gates["forget"].any()
    wanted = trace.gates["input"] * trace.gates["candidate"]
    torch.testing.assert_close(trace.states["c"], wanted)
    # Nothing of what was in the cell state is left; an open one keeps all of it.
    held, free = (unit_memory(traces(one, x)[0].strand).lengths for one in (found, layer))
    assert held.sum() < free.sum()
    (kept,) = traces(clamped(layer, {"forget": 1.0}), x)
    added = (kept.gates["input"] * kept.gates["candidate"]).cumsum(0)
    torch.testing.assert_close(kept.states["c"], added)


def test_the_model_stays_as_it_is():
    model = ManyToOne(lstm(), 1)
    x = torch.randn(3, 7, 2)
    before = model(x)
    other = clamped(model, {"input": 0.0, "forget": 1.0})
    torch.testing.assert_close(model(x), before)
    assert not torch.allclose(other(x), before)
    # With no way in, all rows end alike.
    torch.testing.assert_close(other(x)[0], other(x)[1])


@pytest.mark.parametrize("name", ["gru", "mgu", "lstm_peephole", "lem", "lstm_coupled"])
def test_each_gate_of_other_cells_can_be_held(name):
    layer = Recurrent(name, 2, 3, 2).eval()
    for gate in layer.graph().gates:
        (first, second) = traces(clamped(layer, {gate: 0.25}), torch.randn(4, 1, 2))
        for trace in (first, second):
            assert (trace.gates[gate] == 0.25).all()


def test_the_ends_of_a_gate_are_those_of_its_range():
    layer = lstm()
    assert ends(layer, "forget") == (0, 1)
    assert ends(layer, "candidate") == (0,)


def test_what_cannot_be_held_is_refused():
    with pytest.raises(OptionError, match="candidate, forget, input, output"):
        clamped(lstm(), {"update": 0.0})
    with pytest.raises(OptionError, match="a finite number"):
        clamped(lstm(), {"forget": float("nan")})
    with pytest.raises(OptionError, match="names its gates"):
        clamped(Recurrent("elman", 2, 3), {"forget": 0.0})
