import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils import parametrizations

from recurra.errors import CellError, OptionError
from recurra.layers import GRU, LSTM, Recurrent
from recurra.layers.chrono import chrono_

LONGEST = 100


def biases(layer, name):
    return [b.detach() for n, b in layer.named_parameters() if n.endswith(name)]


def test_forget_biases_are_logarithms_of_times_and_input_biases_their_negatives():
    torch.manual_seed(0)
    layer = Recurrent("lstm", 3, (2000, 20), bidirectional=True, init="torch")
    before = {n: p.clone() for n, p in layer.named_parameters()}
    chrono_(layer, LONGEST)
    forget, entry = biases(layer, "b_f"), biases(layer, "b_i")
    assert len(forget) == 4
    for f, i in zip(forget, entry, strict=True):
        assert torch.equal(i, -f)
        assert f.min() >= 0
        assert f.max() <= math.log(LONGEST - 1)
    times = forget[0].exp()
    assert times.mean().item() == pytest.approx(LONGEST / 2, rel=0.02)
    assert times.std().item() == pytest.approx((LONGEST - 2) / math.sqrt(12), rel=0.03)
    for name, parameter in layer.named_parameters():
        if not name.endswith(("b_f", "b_i")):
            assert torch.equal(parameter, before[name])
    assert not torch.equal(forget[0], forget[1])


@given(st.floats(2.01, 1e6), st.integers(0, 2**32))
def test_biases_are_in_range_whatever_the_longest(longest, seed):
    layer = Recurrent("gru", 1, 8)
    chrono_(layer, longest, generator=torch.Generator().manual_seed(seed))
    (b,) = biases(layer, "b_z")
    assert ((b >= 0) & (b <= math.log(longest - 1) * (1 + 1e-6) + 1e-6)).all()


def test_a_unit_keeps_as_much_a_step_as_its_time_says():
    # h = z h where nothing comes in: after k steps (u / (1 + u))^k is left.
    layer = Recurrent("gru", 1, 6, dtype=torch.float64)
    chrono_(layer, 50, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            if not name.endswith("b_z"):
                parameter.zero_()
    times = biases(layer, "b_z")[0].exp()
    _, h = layer(torch.zeros(20, 1, 1, dtype=torch.float64), torch.ones(1, 1, 6).double())
    torch.testing.assert_close(h[0, 0], (times / (1 + times)) ** 20)


def test_where_the_gate_replaces_the_sign_is_turned():
    layer = Recurrent("mgu", 1, 8)
    chrono_(layer, LONGEST)
    assert (biases(layer, "b_f")[0] <= 0).all()
    assert (biases(layer, "b_f")[0] < 0).any()


@pytest.mark.parametrize(("kind", "rows"), [(LSTM, slice(4, 8)), (GRU, slice(4, 8))])
def test_the_two_biases_of_torch_add_up_to_it(kind, rows):
    # torch stacks i, f, g, o and r, z, n: the second block keeps the state in both.
    layer = kind(2, 4, num_layers=2, bidirectional=True)
    chrono_(layer, LONGEST)
    for suffix in ("_l0", "_l0_reverse", "_l1", "_l1_reverse"):
        total = getattr(layer, "bias_ih" + suffix)[rows] + getattr(layer, "bias_hh" + suffix)[rows]
        assert ((total >= 0) & (total <= math.log(LONGEST - 1))).all()
        assert (total > 0.5).any()
        if kind is LSTM:
            entry = getattr(layer, "bias_ih" + suffix)[:4] + getattr(layer, "bias_hh" + suffix)[:4]
            assert torch.equal(entry, -total)


def test_all_layers_in_a_model_are_found():
    model = nn.ModuleDict(
        {"a": Recurrent("gru", 1, 2), "b": nn.Sequential(Recurrent("lstm", 1, 2))}
    )
    chrono_(model, 1000)
    found = biases(model, "b_z") + biases(model, "b_f")
    assert len(found) == 2
    assert all((b != 0).all() and (b != 1).all() for b in found)


def test_the_same_seed_gives_the_same_bits():
    drawn = []
    for seed in (1, 1, 2):
        layer = Recurrent("lstm", 1, 8)
        chrono_(layer, LONGEST, generator=torch.Generator().manual_seed(seed))
        drawn.append(biases(layer, "b_f")[0])
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


@pytest.mark.parametrize("cell", ["elman", "lstm_original", "clockwork"])
def test_a_cell_without_such_a_gate_is_named(cell):
    with pytest.raises(CellError, match=f"the cell {cell}, in which no gate"):
        chrono_(Recurrent(cell, 2, 8), LONGEST)


def test_a_layer_without_biases_is_refused():
    with pytest.raises(CellError, match="bias=False"):
        chrono_(Recurrent("lstm", 2, 3, bias=False), LONGEST)


@pytest.mark.parametrize("longest", [2, 0, -5, math.inf, math.nan])
def test_a_longest_dependency_of_two_steps_or_less_is_refused(longest):
    with pytest.raises(OptionError, match="longest="):
        chrono_(Recurrent("lstm", 2, 3), longest)


def test_a_model_without_recurrent_layers_is_refused():
    with pytest.raises(OptionError, match="a Linear without a recurrent layer"):
        chrono_(nn.Linear(1, 1), LONGEST)


def test_a_bias_that_is_computed_from_others_is_refused():
    layer = LSTM(2, 3)
    parametrizations.weight_norm(layer, "bias_ih_l0", dim=None)
    with pytest.raises(OptionError, match="bias_ih_l0, which is computed"):
        chrono_(layer, LONGEST)
