"""The tasks and cells that are held beside each other, and how all are trained."""

from __future__ import annotations

from recurra.tasks import (
    Adding,
    Copying,
    Dyck,
    NoisySine,
    Parity,
    SequentialDigits,
    Task,
    TemporalOrder,
)

TASKS: dict[str, Task] = {
    "adding": Adding(400),
    "adding-600": Adding(600),
    "copying": Copying(100),
    "temporal-order": TemporalOrder(100),
    "temporal-order-3": TemporalOrder(100, symbols=3),
    "parity": Parity(50),
    "digits": SequentialDigits(),
    "permuted-digits": SequentialDigits(permutation=0),
    "noisy-sine": NoisySine(100, 100),
    "dyck": Dyck(100, kinds=4, depth=8),
}

CELLS = (
    "elman",
    "irnn",
    "indrnn",
    "antisymmetric",
    "cornn",
    "lem",
    "lstm",
    "lstm_peephole",
    "lstm_coupled",
    "janet",
    "gru",
    "mgu",
    "ugrnn",
    "cfn",
)

BATCH_SIZE = 32
CLIP_NORM = 1.0

EVERY = 50
"""After so many steps the held-out examples are looked at."""

HELD_OUT = 512
HELD_OUT_SEED = 2**31
"""Of the held-out examples; no run's seed is as large."""

SOLVED = 0.1
"""The share of the baseline below which a task counts as solved."""

ENOUGH = 0.005
"""The share of the baseline at which a run ends before its time."""
