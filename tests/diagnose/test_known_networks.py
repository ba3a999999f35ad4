"""Networks whose memory can be worked out on paper are called what they are."""

from __future__ import annotations

import inspect
import math

import pytest
import torch

from recurra import Recurrent
from recurra.cells import find
from recurra.diagnose import diagnose


def test_a_contracting_network_vanishes_with_its_half_life_and_exponent(scaled):
    found = diagnose(scaled(0.9), torch.rand(3, 100, 2).double())
    (layer,) = found.layers
    assert found.kind == "vanishing"
    assert layer.exact
    assert layer.half_life == pytest.approx(math.log(0.5) / math.log(0.9), abs=1e-4)
    assert layer.half_life == pytest.approx(6.58, abs=0.005)
    assert layer.memory.falls_to(0.01) == pytest.approx(math.log(0.01) / math.log(0.9), abs=1e-3)
    assert layer.lyapunov == pytest.approx(math.log(0.9), abs=1e-6)
    assert layer.memory.logarithms == pytest.approx(layer.memory.lags * math.log(0.9), abs=1e-5)
    assert layer.radii["U"] == pytest.approx(0.9, abs=1e-6)
    assert "fall to 1% after 44 steps; the batch has 100" in found.verdict


def test_an_expanding_network_explodes(scaled):
    found = diagnose(scaled(1.1), torch.rand(3, 100, 2).double())
    assert found.kind == "exploding"
    assert math.isinf(found.layers[0].half_life)
    assert found.layers[0].lyapunov == pytest.approx(math.log(1.1), abs=1e-6)
    assert "13,781-fold within 100 steps" in found.verdict
    assert any("clip" in remedy for remedy in found.remedies)
    assert any("from a spectral radius of 1.10" in remedy for remedy in found.remedies)


def test_an_orthogonal_network_is_neutral_and_gets_no_advice(scaled):
    found = diagnose(scaled(1.0), torch.rand(3, 100, 2).double())
    assert found.kind == "neutral"
    assert math.isinf(found.layers[0].half_life)
    assert found.layers[0].lyapunov == pytest.approx(0, abs=1e-9)
    assert "100% of a gradient is left after 100 steps" in found.verdict
    assert not found.remedies


def test_the_same_holds_near_0_of_tanh_and_from_random_directions():
    layer = Recurrent("elman", 2, 40, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        torch.nn.init.orthogonal_(layer.weights(0, "forwards")["U"]).mul_(0.9)
    found = diagnose(layer, 1e-6 * torch.randn(3, 80, 2).double())
    (report,) = found.layers
    assert not report.exact
    # Any direction shrinks alike, so that random ones say it exactly.
    assert report.half_life == pytest.approx(math.log(0.5) / math.log(0.9), abs=1e-4)
    assert report.lyapunov == pytest.approx(math.log(0.9), abs=1e-6)


def test_the_exponents_of_independent_units_are_the_logarithms_of_their_weights():
    layer = Recurrent(find("indrnn")(), 1, 3, batch_first=True, dtype=torch.float64)
    name = next(n for n, w in layer.weights(0, "forwards").items() if w.shape == (3,) and n != "b")
    with torch.no_grad():
        for weight in layer.parameters():
            weight.fill_(0.1)
        layer.weights(0, "forwards")[name].copy_(torch.tensor([0.5, 0.9, 0.7]))
    found = diagnose(layer, torch.rand(2, 300, 1).double()).layers[0]
    expected = [math.log(rate) for rate in (0.9, 0.7, 0.5)]
    # The frame finds its directions in the first fifth of the steps.
    assert found.exponents == pytest.approx(expected, abs=1e-6)
    assert found.radii == {name: pytest.approx(0.9)}


def test_what_the_target_needs_decides_what_is_enough(scaled):
    x = torch.rand(2, 60, 2).double()
    assert diagnose(scaled(0.9), x, needs=20).kind == "neutral"
    long = diagnose(scaled(0.9), x, needs=200)
    assert long.kind == "vanishing"
    assert "your target needs 200" in long.verdict
    assert "chrono_(model, 200)" in long.verdict
    # Beyond what was measured it goes on at the same rate.
    assert long.layers[0].memory.left_after(200) == pytest.approx(200 * math.log(0.9), abs=1e-3)
    assert any("rate goes on to 200 steps" in note for note in long.notes)


def test_dilation_multiplies_the_half_life(scaled):
    layer = diagnose(scaled(0.9, dilation=3), torch.rand(2, 60, 2).double()).layers[0]
    assert layer.half_life == pytest.approx(3 * math.log(0.5) / math.log(0.9), abs=1e-3)
    assert layer.lyapunov == pytest.approx(math.log(0.9) / 3, abs=1e-6)
    assert list(layer.memory.lags[:3]) == [0, 3, 6]


def test_the_layer_that_remembers_best_decides(scaled):
    layer = scaled(0.5, num_layers=2)
    with torch.no_grad():
        layer.weights(1, "forwards")["U"].copy_(torch.eye(6).double())
    found = diagnose(layer, torch.rand(2, 60, 2).double())
    assert [one.half_life for one in found.layers] == [pytest.approx(1), math.inf]
    assert found.kind == "neutral"
    assert "in layer 1" in found.verdict


def test_a_network_whose_units_are_all_dead_forgets_at_once():
    layer = Recurrent(find("elman")("relu"), 2, 5, batch_first=True)
    with torch.no_grad():
        layer.weights(0, "forwards")["b"].fill_(-50)
    found = diagnose(layer, torch.rand(2, 20, 2))
    assert found.kind == "vanishing"
    assert found.layers[0].lyapunov == -math.inf
    assert found.layers[0].half_life < 0.1
    assert found.layers[0].dead == (0, 1, 2, 3, 4)
    assert found.as_dict()["layers"][0]["lyapunov"] is None
    assert "5 of 5 in layer 0" in found.remedies[-1]


def test_states_that_overflow_are_seen_up_to_there(scaled):
    found = diagnose(scaled(1e9), torch.rand(2, 60, 2).double())
    assert found.kind == "exploding"
    assert found.layers[0].lyapunov == pytest.approx(math.log(1e9), rel=1e-6)
    assert any("overflow" in note for note in found.notes)
    assert any("the loss is" in note for note in found.notes)


def test_a_cut_gradient_is_named_before_all_else(scaled):
    found = diagnose(scaled(1.0, truncate=10), torch.rand(2, 40, 2).double(), needs=30)
    assert found.kind == "neutral"
    assert "cut every 10 steps" in found.verdict
    gradient = found.layers[0].gradient
    assert gradient[9] < gradient[10]


def test_the_package_is_called_as_the_function_that_it_holds(scaled):
    import recurra.diagnose  # noqa: PLC0415

    x = torch.rand(2, 10, 2).double()
    layer = scaled(0.9)
    assert recurra.diagnose(layer, x).verdict == diagnose(layer, x).verdict
    assert list(inspect.signature(recurra.diagnose).parameters)[:2] == ["model", "batch"]
