"""LSTM, GRU and RNN beside torch.nn and beside JAX."""

from __future__ import annotations

import torch
from figures import Row, with_share
from jax_process import JaxProcess, jax_process
from pair import Name, pair
from settings import Settings
from shapes import Shape
from subject import MODES
from timing import clocked, interleaved
from work import drop_in_flops


def rows(name: Name, settings: Settings) -> list[Row]:
    """A row for each shape, mode and number of threads."""
    found = []
    for threads in settings.threads:
        torch.set_num_threads(threads)
        with jax_process(threads) as jax:
            for shape in settings.drop_in:
                contest = _Contest(name, shape, jax)
                found += [contest.row(mode, settings.rounds) for mode in MODES]
    return found


class _Contest:
    """A layer in all its forms, which were found to compute the same."""

    def __init__(self, name: Name, shape: Shape, jax: JaxProcess | None) -> None:
        self._name, self._shape, self._jax = name, shape, jax
        self._both = pair(name, shape)
        if jax is not None:
            jax.take(name, shape, self._both.theirs)

    def row(self, mode: str, rounds: int) -> Row:
        """The times in a mode."""
        contestants = {
            "recurra": clocked(self._both.mine.step(mode)),
            "torch": clocked(self._both.theirs.step(mode)),
        }
        if self._jax is not None:
            contestants["jax"] = self._jax.step(mode)
        times = interleaved(contestants, rounds)
        threads, flops = torch.get_num_threads(), drop_in_flops(self._name, self._shape, mode)
        row: Row = {"layer": self._name, "shape": list(self._shape)}
        row |= {"threads": threads, "mode": mode}
        row |= {who: with_share(one, flops, threads) for who, one in times.items()}
        if self._jax is not None:
            row["jax"]["cores"] = round(self._jax.cores_used(mode), 2)
        said = ", ".join(f"{who} {one.median:.2f}" for who, one in times.items())
        print(f"{self._name} {self._shape} {mode}, {threads} threads: {said} ms", flush=True)
        return row
