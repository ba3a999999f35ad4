"""What a piece of work costs that does nothing: by processes of this machine, and by Ray.

    python benchmarks/processes/pieces.py [--pieces 500]

Beside it how long each takes to begin, and what sending a piece of 10 MB there and back costs.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import Executor

from recurra import executors

LARGE = 10 * 2**20


def same(one: bytes) -> bytes:
    return one


def measured(executor: Executor, pieces: int, began: float) -> tuple[float, float, float]:
    """Seconds until the first is done, those of a small piece, and those of a large one."""
    executor.submit(same, b"").result()
    first = time.perf_counter() - began
    # All workers are there after this.
    list(executor.map(same, [b""] * 20))
    started = time.perf_counter()
    list(executor.map(same, [b""] * pieces))
    small = (time.perf_counter() - started) / pieces
    started = time.perf_counter()
    list(executor.map(same, [bytes(LARGE)] * 10))
    return first, small, (time.perf_counter() - started) / 10


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pieces", type=int, default=500)
    pieces = parser.parse_args().pieces
    print("| executor | the first piece done after, s | a piece, ms | a piece of 10 MB, ms |")
    print("|---|---|---|---|")
    for name, given in (("2 workers", {"workers": 2}), ("Ray, 2 cores", {"ray": "local"})):
        began = time.perf_counter()
        with executors.opened(**given) as executor:
            first, small, large = measured(executor, pieces, began)
        print(f"| {name} | {first:.1f} | {1000 * small:.2f} | {1000 * large:.0f} |", flush=True)


if __name__ == "__main__":
    main()
