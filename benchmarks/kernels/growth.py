"""By how much the memory of a fresh process grows in a step of training, in MiB, as JSON.

    python benchmarks/kernels/growth.py recurra 1000,16,64,64

The highest mark is taken back to the present use before that step. ``ru_maxrss`` would not do: a
process inherits that of the one that started it, and compiling or importing may have set it.
"""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from pathlib import Path

from shapes import Shape
from subject import Subject, batch
from torch import nn

import recurra

WARM = Shape(10, 4, 8, 8)
LAYERS = {"recurra": recurra.LSTM, "torch": nn.LSTM}


def main() -> None:
    make, shape = LAYERS[sys.argv[1]], Shape(*map(int, sys.argv[2].split(",")))
    _subject(make, WARM).training()()
    step = _subject(make, shape).training()
    before = _forget_the_peak()
    step()
    print(json.dumps({"MiB": (_peak() - before) / 1024}))


def _subject(make: type[nn.Module], shape: Shape) -> Subject:
    x, cotangent = batch(shape)
    states = tuple(x.new_zeros(1, shape.B, shape.H) for _ in range(2))
    return Subject(make(shape.I, shape.H), x, states, cotangent)


def _forget_the_peak() -> int:
    """Takes the mark back where the system can, and reads it, in KiB."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak()


def _peak() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = status.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
