"""Equations of a length that can be read."""

from dataclasses import dataclass

import pytest

from recurra import cells
from recurra.cells import Elman, LayerNorm
from recurra.language import TEXT, Cell, equations, gate, sigmoid, tanh, trace
from recurra.language.parts import shortened


@dataclass(frozen=True)
class Deep(Cell):
    """A differential equation solved in small steps, each of which uses the one before thrice."""

    steps: int = 40
    states = ("h",)

    def step(self, p, x, h):
        f = gate("forget", sigmoid(p.W_f @ x))
        for _ in range(self.steps):
            h = h + f * (tanh(p.W @ x + p.U @ h + p.b) - h)
        return h


@pytest.mark.parametrize("name", cells.names())
def test_cells_of_the_package_are_written_as_they_are(name):
    graph = trace(cells.find(name)())
    assert shortened(graph) is graph


def test_what_a_long_equation_repeats_is_written_once():
    assert equations(trace(LayerNorm(Elman())), TEXT) == [
        "part1ₜ = W xₜ + U hₜ₋₁",
        "part2ₜ = part1ₜ - sum(part1ₜ) / H",
        "hₜ = tanh(gain_h ⊙ part2ₜ / √(sum(part2ₜ ⊙ part2ₜ) / H + 1e-05) + b)",
    ]


def test_many_steps_within_a_step_take_a_line_each():
    found = equations(trace(Deep()), TEXT)
    assert found[0] == "fₜ = σ(W_f xₜ)"
    assert found[1] == "part1ₜ = hₜ₋₁ + fₜ ⊙ (tanh(W xₜ + U hₜ₋₁ + b) - hₜ₋₁)"
    assert found[-1] == "hₜ = part39ₜ + fₜ ⊙ (tanh(W xₜ + U part39ₜ + b) - part39ₜ)"
    assert len(found) == 41
