import pytest
import torch
from shared_trainings import STEPS, by_epochs, by_steps

from recurra.training.distributed import is_first, ranks

CELL = "mut1"
"""Which torch has not."""


def _check_same(found, alone):
    weights, history = alone
    for theirs, other in found:
        for name, value in weights.items():
            torch.testing.assert_close(theirs[name], value, rtol=0, atol=1e-6)
        assert other.history.keys() == history.history.keys()
        for name, values in history.history.items():
            assert other.history[name] == pytest.approx(values, abs=1e-6)


@pytest.mark.parametrize("given", [("lstm", False), (CELL, True)])
def test_steps_by_two_processes_are_those_of_one(two, given):
    cell, own_kind = given
    alone = by_steps(cell, own_kind=own_kind)
    assert sum(map(len, [alone[1].epoch])) == 5
    assert STEPS == 50
    first = by_steps(cell, own_kind=own_kind, length=1)[0]
    assert all((alone[0][name] != first[name]).any() for name in first if name != "rarely")
    _check_same(two.run(_steps, cell, own_kind), alone)


@pytest.mark.parametrize("given", [("lstm", True), (CELL, False)])
def test_epochs_by_two_processes_are_those_of_one(two, given):
    cell, masked = given
    alone = by_epochs(cell, masked=masked)
    assert len(alone[1].epoch) == 10
    _check_same(two.run(_epochs, cell, masked), alone)


def test_one_process_is_no_group_and_writes():
    assert ranks() is None
    assert is_first()


def _steps(cell, own_kind):
    return by_steps(cell, own_kind=own_kind)


def _epochs(cell, masked):
    return by_epochs(cell, masked=masked)
