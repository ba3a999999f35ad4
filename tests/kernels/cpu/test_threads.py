"""Threads of torch's pool, however many there are and however many of them it lends."""

import copy
import os
import subprocess
import sys

import pytest
import torch

from recurra import Recurrent, use_kernel
from recurra.cells import LSTM, LayerNorm, Zoneout
from recurra.kernels.cpu import frame, threads
from recurra.kernels.cpu.tables import Prepared

THREADS = (1, 2, 3)
CELLS = ["lstm", "gru", "gru_d", "fastgrnn", LayerNorm(LSTM()), Zoneout(LSTM(), 0.3)]
NAMES = [getattr(cell, "name", cell) for cell in CELLS]

pytestmark = pytest.mark.skipif(
    threads._pool() is None, reason="torch's pool of threads was not found"
)


@pytest.fixture(autouse=True)
def as_many_threads_as_before():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def asked(monkeypatch):
    """How many threads each run asks for."""
    found, run = [], Prepared.run

    def noted(self, addresses):
        found.append(self.threads)
        run(self, addresses)

    monkeypatch.setattr(Prepared, "run", noted)
    return found


@pytest.fixture
def divided(monkeypatch):
    """For how many rows it was asked whether units are divided, and whether they were."""
    found, divides = set(), frame.Frame.divides_units

    def noted(self, compiled):
        answer = divides(self, compiled)
        found.add((self.shape.rows, answer))
        return answer

    monkeypatch.setattr(frame.Frame, "divides_units", noted)
    return found


def _results(layer, x):
    """What is computed row by row, and the gradients of the parameters."""
    layer.zero_grad()
    x = x.clone().requires_grad_()
    output, state = layer(x, seed=3)
    states = [part for part in state if part.is_floating_point()] if len(state) > 1 else [state]
    with torch.no_grad():
        plain, _ = layer(x, seed=3)
    ((output**2).sum() + sum((part**2).sum() for part in states)).backward()
    return [plain, output, *states, x.grad], [p.grad for p in layer.parameters()]


def _on(number, layer, x):
    torch.set_num_threads(number)
    with use_kernel("cpu"):
        return _results(layer, x)


def _layer(cell, units, **options):
    torch.manual_seed(1)
    return Recurrent(cell, 40, units, **options)


@pytest.mark.parametrize("rows", [1, 2, 33], ids="{} rows".format)
@pytest.mark.parametrize("cell", CELLS, ids=NAMES)
def test_they_do_not_change_what_is_computed(cell, rows):
    # Few rows have their units divided, many are divided themselves.
    layer = _layer(cell, 150, bidirectional=rows != 2)
    x = torch.randn(9, rows, 40)
    alone = _on(1, layer, x)
    for number in THREADS[1:]:
        by_row, parameters = _on(number, layer, x)
        assert all(map(torch.equal, by_row, alone[0]))
        for mine, theirs in zip(parameters, alone[1], strict=True):
            torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("cell", "few"),
    [("lstm", True), ("gru", True), (LayerNorm(LSTM()), False), (Zoneout(LSTM(), 0.3), False)],
    ids=["lstm", "gru", "layer norm", "zoneout"],
)
def test_units_are_divided_where_there_are_few_rows_and_no_number_is_shared(cell, few, divided):
    layer = _layer(cell, 150)
    for rows in (1, 2, 33):
        _on(2, layer, torch.randn(9, rows, 40))
    assert divided == {(1, few), (2, few), (33, False)}


def test_units_of_large_matrices_are_divided_for_more_rows_too(divided):
    layer, x = _layer("lstm", 400), torch.randn(3, 33, 40)
    alone, together = _on(1, layer, x), _on(2, layer, x)
    assert divided == {(33, False), (33, True)}
    assert all(map(torch.equal, alone[0], together[0]))
    for mine, theirs in zip(together[1], alone[1], strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("number", THREADS)
def test_as_many_are_asked_for_as_torch_is_told_to_use(number, asked):
    _on(number, _layer("gru", 150), torch.randn(9, 12, 40))
    assert asked == [number] * 3


def test_little_work_wakes_nobody(asked):
    _on(3, _layer("gru", 4), torch.randn(3, 2, 40))
    assert asked == [1] * 3


def test_a_number_that_is_changed_between_two_calls_is_obeyed(asked):
    layer, x = _layer("gru", 150), torch.randn(9, 12, 40)
    results = [_on(number, layer, x)[0][0] for number in (2, 1, 3)]
    assert asked == [2] * 3 + [1] * 3 + [3] * 3
    assert all(torch.equal(results[0], other) for other in results)


def test_without_the_pool_the_calling_thread_does_everything(monkeypatch):
    layer, x = _layer("lstm", 150), torch.randn(9, 2, 40)
    other = copy.deepcopy(layer)
    wanted, _ = _on(1, layer, x)
    monkeypatch.setattr(threads, "_pool", lambda: None)
    found, _ = _on(3, other, x)
    assert all(map(torch.equal, found, wanted))
    assert threads.said() == "one thread, since torch's pool of threads was not found"
    assert threads.barrier() == 0


PROGRAM = """
import torch

torch.set_num_threads(3)

from recurra import Recurrent, use_kernel
from recurra.cells import LSTM, LayerNorm

# Many rows, few rows with their units divided, few rows that cannot be divided so.
for cell, rows in (("gru", 33), ("lstm", 1), ("gru", 2), (LayerNorm(LSTM()), 2)):
    torch.manual_seed(0)
    layer = Recurrent(cell, 20, 150, num_layers=2, bidirectional=rows != 1)
    x = torch.randn(12, rows, 20)
    found = []
    for name in ("cpu", "reference"):
        layer.zero_grad()
        with use_kernel(name):
            output, _ = layer(x)
            (output**2).sum().backward()
        found.append([output, *(p.grad for p in layer.parameters())])
    for mine, theirs in zip(*found):
        scale = 1 + theirs.abs().max()
        torch.testing.assert_close(mine / scale, theirs / scale, rtol=0, atol=2e-5)
"""


@pytest.mark.parametrize("limit", ["1", "2"])
def test_all_is_computed_where_fewer_threads_are_lent_than_asked_for(limit):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        # Threads that wait passively leave the processor to those they wait for.
        env=os.environ
        | {"OMP_THREAD_LIMIT": limit, "OMP_NUM_THREADS": "3", "OMP_WAIT_POLICY": "passive"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
