"""Threads of torch's pool, however many of them it lends."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import torch

torch.set_num_threads(3)

from recurra import Recurrent, use_kernel
from recurra.kernels.cpu.linear import multiply

torch.manual_seed(0)
a, b = torch.randn(300, 200), torch.randn(200, 100)
torch.testing.assert_close(multiply(a, b), a @ b, rtol=1e-4, atol=1e-4)
layer, x = Recurrent("gru", 20, 40), torch.randn(30, 16, 20)
found = []
for name in ("cpu", "reference"):
    layer.zero_grad()
    with use_kernel(name):
        output, _ = layer(x)
        (output**2).sum().backward()
    found.append([output, *(p.grad for p in layer.parameters())])
for mine, theirs in zip(*found):
    torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-3)
"""


@pytest.mark.parametrize("limit", ["1", "2", "3"])
def test_all_rows_are_computed_where_fewer_threads_are_lent_than_asked_for(limit):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"OMP_THREAD_LIMIT": limit, "OMP_NUM_THREADS": "3"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
