from dataclasses import FrozenInstanceError, fields

import pytest

from recurra.language import (
    SameAsCell,
    SameAsONNX,
    SameAsTorch,
    SameAsTorchrecurrent,
    WorkedExample,
)

CHECKS = [
    SameAsTorch("RNN", ("W",), ("U",), ("b",), ("",)),
    SameAsTorchrecurrent("MGU", {"weight_ih": ("W_f",)}),
    SameAsONNX("LSTM", W=("W_i",), R=("U_i",), B=("b_i", "")),
    SameAsCell("lstm"),
    WorkedExample(parameters={"W": [[0.5]]}, x=[[1.0]], output=[[0.5]]),
]
every_check = pytest.mark.parametrize("check", CHECKS, ids=lambda c: type(c).__name__)


@every_check
def test_a_check_is_plain_data_that_stays_as_it_is(check):
    for field in fields(check):
        with pytest.raises(FrozenInstanceError):
            setattr(check, field.name, None)


@every_check
def test_equal_checks_are_equal(check):
    again = type(check)(**{field.name: getattr(check, field.name) for field in fields(check)})
    assert again == check
    assert [check == other for other in CHECKS].count(True) == 1


def test_what_is_left_out_changes_nothing():
    alike = SameAsCell("lstm")
    assert (alike.parameters, alike.held, alike.states, alike.options) == ({}, {}, {}, {})
    example = CHECKS[-1]
    assert (example.state, example.options, example.dt, example.missing) == ({}, {}, None, None)
    assert example.hidden_size == 1
    assert CHECKS[2].P == ()


def test_checks_do_not_share_what_was_left_out():
    assert SameAsCell("lstm").held is not SameAsCell("lstm").held
