"""A stack that is run leg by leg gives what a call gives, and whoever runs the legs sees each."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from recurra import LSTM, Recurrent
from recurra.errors import OptionError
from recurra.layers.leg import Leg

STACKS = [
    {"num_layers": 2},
    {"num_layers": 2, "bidirectional": True},
    {"num_layers": 2, "bidirectional": True, "merge": "separate"},
    {"num_layers": 2, "residual": True},
    {"num_layers": 2, "dilation": (1, 2)},
    {"reverse": True},
]


@pytest.mark.parametrize("options", STACKS, ids=str)
def test_legs_that_run_as_they_are_give_what_the_call_gives(options):
    torch.manual_seed(0)
    layer, x = Recurrent("lstm", 4, 4, **options).eval(), torch.randn(7, 3, 4)
    seen: list[tuple[int, str]] = []

    def run(leg: Leg):
        seen.append((leg.number, leg.direction))
        return leg.run()

    given = {"lengths": torch.tensor([7, 2, 5]), "states": "all"}
    output, state = layer.leg_by_leg(run, x, **given)
    wanted, after = layer(x, **given)
    torch.testing.assert_close(output, wanted)
    torch.testing.assert_close(state, after)
    ways = layer.directions
    assert seen == [(number, way) for number in range(layer.num_layers) for way in ways]


def test_a_leg_can_be_run_with_other_weights():
    torch.manual_seed(0)
    layer, other, x = LSTM(2, 3), LSTM(2, 3), torch.randn(5, 1, 2)

    def run(leg: Leg):
        weights = other.weights(leg.number, leg.direction)
        return replace(leg, layer=replace(leg.layer, parameters=weights)).run()

    torch.testing.assert_close(layer.leg_by_leg(run, x)[0], other(x)[0])


def test_what_a_call_refuses_is_refused():
    layer, x = Recurrent("gru", 2, 3), torch.zeros(4, 1, 2)
    with pytest.raises(OptionError, match="states"):
        layer.leg_by_leg(Leg.run, x, states="none")
    with pytest.raises(OptionError, match="dt for the cell gru"):
        layer.leg_by_leg(Leg.run, x, dt=torch.ones(4, 1))
