"""JAX in a process of its own: waits for a line, answers with a line of JSON.

``load CELL FILE`` takes a batch and weights and compiles, ``check FILE`` writes outputs and
gradients, ``run training 5`` and ``run inference 5`` answer with the milliseconds that each of so
many steps took and with the processor time that went into all. The process that asks can so time
another contestant in between. Threads are those that NPROC and XLA_FLAGS allow, set by the one who
starts it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax_cells import CELLS, State, Weights, outputs


class Loaded:
    """One layer, compiled."""

    def __init__(self, name: str, file: Path) -> None:
        given = {key: jnp.asarray(value) for key, value in np.load(file).items()}
        self.x, self.cotangent = given.pop("x"), given.pop("cotangent")
        states = sorted(key for key in given if key.startswith("state "))
        self.state: State = tuple(given.pop(key)[0] for key in states)
        self.weights: Weights = given
        cell = CELLS[name]

        def loss(w: Weights, state: State, x: Array) -> Array:
            return jnp.sum(outputs(cell, w, state, x) * self.cotangent)

        training = jax.jit(jax.value_and_grad(loss, argnums=(0, 1, 2)))
        inference = jax.jit(lambda w, state, x: outputs(cell, w, state, x))
        arguments = (self.weights, self.state, self.x)
        self.steps: dict[str, Callable[[], Any]] = {
            "training": lambda: jax.block_until_ready(training(*arguments)),
            "inference": lambda: jax.block_until_ready(inference(*arguments)),
        }

    def write(self, file: Path) -> None:
        """Output and gradients, by the names that torch has for them."""
        _, (weights, state, x) = self.steps["training"]()
        states = {f"state {n}": value[None] for n, value in enumerate(state)}
        output = self.steps["inference"]()
        np.savez(file, **{"the output": output, "x": x, **states, **weights})

    def run(self, mode: str, number: int) -> dict[str, Any]:
        """The milliseconds of each of so many steps, and of the processor in all."""
        spent, busy = [], time.process_time()
        for _ in range(number):
            start = time.perf_counter()
            self.steps[mode]()
            spent.append((time.perf_counter() - start) * 1000)
        return {"ms": spent, "busy": (time.process_time() - busy) * 1000}


def main() -> None:
    loaded: Loaded | None = None
    for line in sys.stdin:
        word, *rest = line.split(maxsplit=2)
        answer: dict[str, Any] = {"jax": jax.__version__}
        if word == "load":
            loaded = Loaded(rest[0], Path(rest[1].strip()))
        elif loaded is not None and word == "check":
            loaded.write(Path(line.split(maxsplit=1)[1].strip()))
        elif loaded is not None and word == "run":
            answer = loaded.run(rest[0], int(rest[1]))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
