"""Code for processors with narrower vectors than this one's, which this one runs too."""

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

for cell in ("lstm", "gru_d", "slstm"):
    for dtype, tolerance in ((torch.float64, 1e-12), (torch.float32, 1e-5)):
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
"""
TARGETS = {
    "256 bits": ("haswell", "+avx2,+fma,+avx,+sse4.2", "256"),
    "128 bits": ("x86-64", "+sse2", "128"),
}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the targets are x86-64 processors")
@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_it_computes_what_the_reference_computes(target, tmp_path):
    if int(target[2]) > here().bits:
        pytest.skip(f"this processor has no vectors of {target[2]} bits")
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
