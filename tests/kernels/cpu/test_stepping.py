"""Steps of a stream in compiled code: its products, its dense layer, its states."""

import ctypes
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from recurra.kernels.cpu import dense, threads
from recurra.kernels.cpu.library import library
from recurra.kernels.cpu.row import row_name
from recurra.kernels.cpu.stepping import Stepping
from recurra.layers import Recurrent
from recurra.layers.whole_stack import WholeStack

NUMBERS = st.sampled_from(["float32", "float64"])
ADDRESS, INDEX = ctypes.c_void_p, ctypes.c_int64
PRODUCT = ctypes.CFUNCTYPE(None, ADDRESS, INDEX, INDEX, ADDRESS, INDEX, ADDRESS, INDEX, INDEX)
A_JOB = ctypes.CFUNCTYPE(None, ADDRESS, INDEX, INDEX)


def _close(found, wanted, dtype, scale):
    assert ((found.double() - wanted).abs() <= 4 * torch.finfo(dtype).eps * scale).all()


@settings(deadline=None)
@given(st.integers(0, 3), st.integers(0, 40), st.integers(1, 4), st.booleans(), NUMBERS)
def test_rows_times_a_matrix_are_torchs(rows, depth, vectors, fresh, number):
    dtype, made = getattr(torch, number), library(number)
    wide = vectors * made.kind.lanes
    a, p = torch.randn(rows, depth, dtype=dtype), torch.randn(depth, wide, dtype=dtype)
    c = torch.randn(rows, wide, dtype=dtype)
    before = torch.zeros_like(c) if fresh else c.clone()
    product = PRODUCT(made.addresses[row_name(vectors)])
    places = [one.data_ptr() for one in (a, p, c)]
    product(places[0], depth, rows, places[1], depth, places[2], wide, fresh)
    wanted = a.double() @ p.double() + before
    _close(c, wanted, dtype, a.double().abs() @ p.double().abs() + before.abs())


@settings(deadline=None)
@given(st.integers(1, 3), st.integers(1, 70), st.integers(1, 13), NUMBERS)
def test_a_dense_layer_is_torchs_to_the_same_bits_in_any_number_of_parts(
    rows, depth, outputs, number
):
    dtype, made = getattr(torch, number), library(number)
    x, layer = torch.randn(rows, depth, dtype=dtype), nn.Linear(depth, outputs, dtype=dtype)
    job = A_JOB(made.addresses[dense.DENSE])
    found = []
    for parts in (1, 2, 3):
        target = torch.empty(rows, outputs, dtype=dtype)
        values = {"x": x, "weight": layer.weight, "bias": layer.bias, "target": target}
        values = {name: one.data_ptr() for name, one in values.items()}
        values |= {"x by row": depth, "rows": rows, "depth": depth, "outputs": outputs}
        table = np.array([values[name] for name in dense.DENSE_TABLE], np.int64)
        for part in range(parts):
            job(table.ctypes.data, part, parts)
        found.append(target)
    wanted = layer.double()(x.double()).detach()
    _close(found[0], wanted, dtype, x.double().abs() @ layer.weight.abs().t() + layer.bias.abs())
    assert torch.equal(found[0], found[1])
    assert torch.equal(found[0], found[2])


def _stepping(layer, rows):
    stack = WholeStack(layer.eval(), range(layer.num_layers), every=False)
    made = Stepping(stack.network, rows, torch.float32)
    made.lay([one.detach() for one in stack.parameters()])
    return made


def _outputs(made, x):
    found = []
    for one in x:
        made.go(made.control, one.contiguous().data_ptr())
        found.append(made.output.clone())
    return torch.stack(found)


def test_states_are_read_where_the_step_before_wrote_them():
    torch.manual_seed(0)
    layer, x = Recurrent("lstm", 3, 21, 2), torch.randn(6, 4, 3)
    made = _stepping(layer, 4)
    places = []
    for one in x:
        places.append(made.now[0].data_ptr())
        made.go(made.control, one.data_ptr())
    assert len(set(places)) == 2
    assert places[::2] == places[:1] * 3
    with torch.no_grad():
        output, state = layer(x)
    torch.testing.assert_close(made.now, state)
    torch.testing.assert_close(made.output, output[-1])


def test_a_short_step_is_done_by_one_thread_and_holds_python_meanwhile(monkeypatch):
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    short, long = _stepping(Recurrent("gru", 3, 8), 1), _stepping(Recurrent("gru", 30, 200), 64)
    assert [made.frame.threads for made in (short, long)] == [1, threads.count(1e9)]
    flags = [type(made.go)._flags_ for made in (short, long)]
    assert [bool(flag & 4) for flag in flags] == [True, False]


PROGRAM = """
import torch

torch.set_num_threads(3)

from recurra import Recurrent
from recurra.kernels.cpu import threads

torch.manual_seed(0)
for cell, rows in (("gru", 1), ("lstm", 2), ("gru_d", 64)):
    layer, x = Recurrent(cell, 20, 900 if rows < 9 else 150), torch.randn(5, rows, 20)
    head = torch.nn.Linear(layer.output_size, 7)
    stepper = layer.stepper(rows, head=head)
    assert stepper._run.frame.threads == threads.count(1e9)
    found = torch.stack([stepper.step(one).clone() for one in x])
    with torch.no_grad():
        torch.testing.assert_close(found, head(layer(x)[0]))
"""


@pytest.mark.parametrize("limit", ["1", "3"])
def test_several_threads_take_a_step_together_however_many_are_lent(limit):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"OMP_THREAD_LIMIT": limit, "OMP_NUM_THREADS": "3"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
