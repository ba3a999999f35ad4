"""Code for vectors of other widths than this processor's, which it runs too.

Vectors that are wider than the processor's are computed in halves.
"""

import os
import platform
import subprocess
import sys

import pytest

from recurra.kernels.cpu.target import target as here

PROGRAM = """
import sys
from recurra.kernels.cpu import cache, code, kernel, target

target.target()
made = target.Target(sys.argv[1], sys.argv[2], int(sys.argv[3]))
for module in (target, cache, code, kernel):
    module.target = lambda: made

import torch
from recurra import Recurrent, use_kernel
from recurra.cells import LSTM, LayerNorm, Zoneout

FLOAT32, FLOAT64 = (torch.float32, 1e-5), (torch.float64, 1e-12)
cases = (("lstm", FLOAT32), ("gru_d", FLOAT64), ("slstm", FLOAT32))
for cell, (dtype, tolerance) in cases:
    torch.manual_seed(0)
    layer = Recurrent(cell, 3, 21, dtype=dtype)
    x = torch.randn(5, 4, 3, dtype=dtype)
    found = []
    for name in ("cpu", "reference"):
        layer.zero_grad()
        with use_kernel(name):
            output, _ = layer(x, lengths=[5, 2, 0, 4])
            (output**2).sum().backward()
        found.append([output, *(p.grad for p in layer.parameters())])
    for mine, theirs in zip(*found):
        torch.testing.assert_close(mine, theirs, rtol=tolerance, atol=tolerance)
    head = torch.nn.Linear(21, 6, dtype=dtype)
    for rows in (1, 4):
        stepper = layer.stepper(rows, head=head)
        steps = torch.stack([stepper.step(one[:rows]).clone() for one in x])
        with torch.no_grad():
            whole = head(layer(x[:, :rows])[0])
        torch.testing.assert_close(steps, whole, rtol=tolerance, atol=tolerance)

# A whole stack, whose products, random numbers and sums over units do not fill their vectors.
torch.manual_seed(0)
cell = Zoneout(LayerNorm(LSTM()), 0.3)
layer = Recurrent(cell, 70, (33, 5), bidirectional=True, dtype=torch.float64)
x = torch.randn(4, 3, 70, dtype=torch.float64)
found = []
for name in ("cpu", "reference"):
    layer.zero_grad()
    mine = x.clone().requires_grad_()
    with use_kernel(name):
        output, _ = layer(mine, seed=7)
        (output**2).sum().backward()
    found.append([output, mine.grad, *(p.grad for p in layer.parameters())])
for mine, theirs in zip(*found):
    torch.testing.assert_close(mine, theirs, rtol=1e-11, atol=1e-11)
"""
HASWELL = ("haswell", "+avx2,+fma,+avx,+sse4.2")
TARGETS = {
    "512 bits": (*HASWELL, "512"),
    "256 bits": (*HASWELL, "256"),
    "128 bits": ("x86-64", "+sse2", "128"),
}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the targets are x86-64 processors")
@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_it_computes_what_the_reference_computes(target, tmp_path):
    if target[:2] == HASWELL and here().bits < 256:
        pytest.skip("this processor has no vectors of 256 bits")
    if int(target[2]) == here().bits:
        pytest.skip("all other tests run code for vectors of this width")
    environment = os.environ | {"RECURRA_CACHE": str(tmp_path), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *target],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
