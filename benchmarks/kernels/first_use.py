"""The first use of a cell in a fresh process: the seconds of each part of it, as JSON.

    python benchmarks/kernels/first_use.py lstm

The imports do not count, nor what torch imports when it first differentiates anything. Where
compiled code is kept is in RECURRA_CACHE.
"""

from __future__ import annotations

import json
import sys
import time

import torch
from shapes import Shape

from recurra import Recurrent, cells  # noqa: F401 - loaded before the clock starts

SHAPE = Shape(10, 32, 50, 100)


def main() -> None:
    x = torch.randn(SHAPE.T, SHAPE.B, SHAPE.I, requires_grad=True)
    cotangent = torch.randn(SHAPE.T, SHAPE.B, SHAPE.H)
    # torch loads hundreds of modules at the first backward pass of a process, whatever it is of.
    torch.autograd.backward(2 * x, torch.ones_like(x))
    moments = [time.perf_counter()]
    layer = Recurrent(sys.argv[1], SHAPE.I, SHAPE.H)
    moments.append(time.perf_counter())
    output = layer(x)[0]
    moments.append(time.perf_counter())
    torch.autograd.backward(output, cotangent)
    moments.append(time.perf_counter())
    names = ("layer", "forwards", "backwards")
    spans = zip(names, moments, moments[1:], strict=False)
    print(json.dumps({name: after - before for name, before, after in spans}))


if __name__ == "__main__":
    main()
