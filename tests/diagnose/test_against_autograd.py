"""Jacobians and gradients are those that torch finds on loops written out by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn
from torch.autograd.functional import jacobian

from recurra import LSTM, Recurrent
from recurra.diagnose import diagnose

STEPS, ROWS, INPUT, HIDDEN = 9, 3, 2, 4


def _lstm_step(layer: nn.Module, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    """torch.nn's equations, written out."""
    sums = x @ layer.weight_ih_l0.T + h @ layer.weight_hh_l0.T
    i, f, g, o = (sums + layer.bias_ih_l0 + layer.bias_hh_l0).chunk(4, -1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


@pytest.fixture
def lstm() -> LSTM:
    return LSTM(INPUT, HIDDEN, batch_first=True, dtype=torch.float64)


@pytest.fixture
def x() -> Tensor:
    return torch.randn(ROWS, STEPS, INPUT, dtype=torch.float64)


def _states(layer: nn.Module, x: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Of all steps, the gradient kept in each."""
    found = [(x.new_zeros(len(x), HIDDEN), x.new_zeros(len(x), HIDDEN))]
    for t in range(x.shape[1]):
        pair = _lstm_step(layer, x[:, t], *found[-1])
        for part in pair:
            part.retain_grad()
        found.append(pair)
    return found[1:]


def test_the_norms_are_those_of_the_jacobian_of_the_joint_state(lstm, x):
    memory = diagnose(lstm, x).layers[0].memory
    for lag in (1, 4, STEPS - 1, STEPS):
        squares = []
        for row in range(ROWS):
            before = _states(lstm, x[row : row + 1])
            start = (
                torch.cat(before[STEPS - lag - 1], 1)[0]
                if lag < STEPS
                else torch.zeros(2 * HIDDEN).double()
            )

            def last(joint: Tensor, row: int = row, lag: int = lag) -> Tensor:
                h, c = joint.view(2, 1, HIDDEN)
                for t in range(STEPS - lag, STEPS):
                    h, c = _lstm_step(lstm, x[row : row + 1, t], h, c)
                return torch.cat([h, c], 1)[0]

            squares.append(jacobian(last, start.detach()).square().sum().item() / (2 * HIDDEN))
        expected = 0.5 * math.log(sum(squares) / ROWS)
        assert memory.logarithms[lag] == pytest.approx(expected, abs=1e-9)
    assert memory.logarithms[0] == 0


def test_random_directions_estimate_the_norm_without_bias(lstm, x):
    exact = diagnose(lstm, x).layers[0].memory.logarithms
    drawn = [
        math.exp(2 * diagnose(lstm, x, probes=2, seed=seed).layers[0].memory.logarithms[-1])
        for seed in range(40)
    ]
    mean = sum(drawn) / len(drawn)
    error = torch.tensor(drawn).std().item() / math.sqrt(len(drawn))
    assert mean == pytest.approx(math.exp(2 * exact[-1]), abs=4 * error)
    assert error < 0.3 * mean


def test_the_largest_exponent_is_the_growth_of_the_largest_singular_value(lstm):
    long = torch.randn(1, 300, INPUT, dtype=torch.float64)
    found = diagnose(lstm, long).layers[0]
    # Far apart, the norm of the product grows as its largest singular value does.
    slope = (found.memory.logarithms[300] - found.memory.logarithms[60]) / 240
    assert found.lyapunov == pytest.approx(slope, abs=0.01)


def test_gradients_by_time_are_those_of_a_loop_by_hand(lstm, x):
    target = torch.randn(ROWS, STEPS, HIDDEN, dtype=torch.float64)
    found = diagnose(lstm, x, targets=target)
    states = _states(lstm, x)
    loss = (torch.stack([h for h, _ in states], 1) - target).square().mean()
    loss.backward()
    norms = []
    for h, c in states:
        # In the joint state h and c stand side by side: the way from c to its step's h lies before.
        within = h.grad * (h / c.tanh()) * (1 - c.tanh().square())
        norms.append(torch.cat([h.grad, c.grad - within], 1).norm().item())
    assert found.loss == pytest.approx(loss.item())
    assert found.layers[0].gradient == pytest.approx(norms)


def test_gradients_of_a_plain_network_are_those_of_a_loop_by_hand():
    layer = Recurrent("elman", INPUT, HIDDEN, batch_first=True, dtype=torch.float64)
    weights = layer.weights(0, "forwards")
    x = torch.randn(ROWS, STEPS, INPUT, dtype=torch.float64)
    found = diagnose(layer, x, loss=lambda given: given[0][:, -1].square().sum())
    h, states = x.new_zeros(ROWS, HIDDEN), []
    for t in range(STEPS):
        h = torch.tanh(x[:, t] @ weights["W"].T + h @ weights["U"].T + weights["b"])
        h.retain_grad()
        states.append(h)
    h.square().sum().backward()
    assert found.layers[0].gradient == pytest.approx([one.grad.norm().item() for one in states])
    own = torch.cat([weight.grad.flatten() for weight in weights.values()]).norm().item()
    assert found.layers[0].weights_gradient == pytest.approx(own)


class Tagger(nn.Module):
    """Two stacks, one upon the other, and a head that reads outputs and last states."""

    def __init__(self, **options: object) -> None:
        super().__init__()
        double = {"batch_first": True, "dtype": torch.float64}
        self.low = Recurrent("gru", INPUT, HIDDEN, 2, bidirectional=True, **double, **options)
        self.high = Recurrent("lstm", 2 * HIDDEN, HIDDEN, **double)
        self.head = nn.Linear(2 * HIDDEN, 1, dtype=torch.float64)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        seen, _ = self.low(x, lengths=lengths)
        _, (h, c) = self.high(seen, lengths=lengths)
        return self.head(torch.cat([h[0], c[0]], 1))


def test_the_gradient_of_each_layers_weights_is_autograds_own(x):
    model = Tagger()
    found = diagnose(model, x)
    model(x).square().mean().backward()
    for report in found.layers:
        stack = model.low if report.name.startswith("low") else model.high
        number = int(report.name.split("layer ")[1][0])
        direction = "backwards" if "backwards" in report.name else "forwards"
        grads = [w.grad.flatten() for w in stack.weights(number, direction).values()]
        assert report.weights_gradient == pytest.approx(torch.cat(grads).norm().item())
    names = [report.name for report in found.layers]
    assert names == [
        "low, layer 0 forwards",
        "low, layer 0 backwards",
        "low, layer 1 forwards",
        "low, layer 1 backwards",
        "high, layer 0",
    ]


def test_frozen_weights_and_padding_change_nothing(x):
    model = Tagger()
    plain = diagnose(model, x)
    model.requires_grad_(False)
    padded = torch.cat([x, torch.full((ROWS, 5, INPUT), math.nan).double()], 1)
    found = diagnose(model, padded, lengths=torch.full((ROWS,), STEPS))
    for one, other in zip(found.layers, plain.layers, strict=True):
        assert one.memory.logarithms == pytest.approx(other.memory.logarithms)
        assert one.gradient[:STEPS] == pytest.approx(other.gradient)
        assert not one.gradient[STEPS:].any()
        assert one.weights_gradient == pytest.approx(other.weights_gradient)
        assert one.gates == other.gates


def test_a_shorter_row_counts_from_its_own_end(x):
    layer = Recurrent("gru", INPUT, HIDDEN, batch_first=True, dtype=torch.float64)
    lengths = torch.tensor([5, 5, 5])
    short = diagnose(layer, x[:, :5])
    found = diagnose(layer, x, lengths=lengths)
    assert found.layers[0].memory.logarithms == pytest.approx(short.layers[0].memory.logarithms)


def test_a_reset_ends_memory_and_gradients(x):
    layer = Recurrent("gru", INPUT, HIDDEN, batch_first=True, dtype=torch.float64)
    fresh = torch.zeros(ROWS, STEPS, dtype=torch.bool)
    fresh[:, 4] = True
    found = diagnose(layer, {"x": x, "reset": fresh}, loss=lambda given: given[0][:, -1].sum())
    after = diagnose(layer, x[:, 4:], loss=lambda given: given[0][:, -1].sum())
    one, other = found.layers[0], after.layers[0]
    assert one.memory.logarithms == pytest.approx(other.memory.logarithms)
    assert one.gradient[4:] == pytest.approx(other.gradient)
    assert not one.gradient[:4].any()


def test_only_the_last_steps_are_followed_if_so_asked(x):
    layer = Recurrent("gru", INPUT, HIDDEN, batch_first=True, dtype=torch.float64)
    whole, part = diagnose(layer, x), diagnose(layer, x, steps=4)
    memory = part.layers[0].memory
    assert memory.logarithms == pytest.approx(whole.layers[0].memory.logarithms[:5])
    assert part.layers[0].gradient[-4:] == pytest.approx(whole.layers[0].gradient[-4:])
    assert torch.tensor(part.layers[0].gradient[:-4]).isnan().all()
    assert "the last 4 of 9 steps (steps= for more)" in part.notes
    assert part.kind == whole.kind
